/**
 * Amazon Route 53. Its operations are the control plane in us-east-1; its timers named check, noAnswer, aggregate and
 * propagate are the data plane, which runs elsewhere and outlives that region.
 */
import type { Clients } from '../../clients.ts';
import { defineService } from '../../service.ts';
import { allCheckerRanges } from './checker-ranges.ts';
import { aggregate, check, noAnswer, propagate } from './checkers.ts';
import { deleteHealthCheck, deleteHostedZone, updateHostedZoneComment, zoneGone } from './deletion.ts';
import {
  createHealthCheck,
  getHealthCheck,
  getHealthCheckStatus,
  listHealthChecks,
  updateHealthCheck,
} from './health-checks.ts';
import { bareId, initialRoute53State, normalizedName, type Route53State } from './state.ts';
import {
  changeResourceRecordSets,
  createHostedZone,
  getChange,
  getHostedZone,
  inSync,
  listHostedZones,
  listHostedZonesByName,
  listResourceRecordSets,
} from './zones.ts';

const resource = (kind: 'hostedzone' | 'change' | 'healthcheck', id: string | undefined): string =>
  `arn:aws:route53:::${kind}/${bareId(id)}`;

export const route53 = defineService<Clients['route53'], Route53State>({
  name: 'route53',
  homeRegion: 'us-east-1',
  initialState: initialRoute53State,
  operations: {
    CreateHostedZone: createHostedZone,
    GetHostedZone: getHostedZone,
    ListHostedZones: listHostedZones,
    ListHostedZonesByName: listHostedZonesByName,
    ChangeResourceRecordSets: changeResourceRecordSets,
    ListResourceRecordSets: listResourceRecordSets,
    GetChange: getChange,
    UpdateHostedZoneComment: updateHostedZoneComment,
    DeleteHostedZone: deleteHostedZone,
    CreateHealthCheck: createHealthCheck,
    GetHealthCheck: getHealthCheck,
    ListHealthChecks: listHealthChecks,
    UpdateHealthCheck: updateHealthCheck,
    DeleteHealthCheck: deleteHealthCheck,
    GetHealthCheckStatus: getHealthCheckStatus,
    GetCheckerIpRanges: () => ({ CheckerIpRanges: [...allCheckerRanges] }),
  },
  // Service Authorization Reference, "Amazon Route 53".
  access: {
    UpdateHostedZoneComment: (input) => ({ resources: [resource('hostedzone', input.Id)] }),
    DeleteHostedZone: (input) => ({ resources: [resource('hostedzone', input.Id)] }),
    DeleteHealthCheck: (input) => ({ resources: [resource('healthcheck', input.HealthCheckId)] }),
    GetHostedZone: (input) => ({ resources: [resource('hostedzone', input.Id)] }),
    ChangeResourceRecordSets: (input) => {
      const changes = input.ChangeBatch?.Changes ?? [];
      const names = changes.map((change) => normalizedName(change.ResourceRecordSet?.Name ?? '').slice(0, -1));
      return {
        resources: [resource('hostedzone', input.HostedZoneId)],
        conditions: {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': names,
          'route53:ChangeResourceRecordSetsRecordTypes': changes.map((change) => change.ResourceRecordSet?.Type ?? ''),
          'route53:ChangeResourceRecordSetsActions': changes.map((change) => change.Action ?? ''),
        },
      };
    },
    ListResourceRecordSets: (input) => ({ resources: [resource('hostedzone', input.HostedZoneId)] }),
    GetChange: (input) => ({ resources: [resource('change', input.Id)] }),
    GetHealthCheck: (input) => ({ resources: [resource('healthcheck', input.HealthCheckId)] }),
    UpdateHealthCheck: (input) => ({ resources: [resource('healthcheck', input.HealthCheckId)] }),
    GetHealthCheckStatus: (input) => ({ resources: [resource('healthcheck', input.HealthCheckId)] }),
  },
  timers: { inSync, check, noAnswer, aggregate, propagate, zoneGone },
});
