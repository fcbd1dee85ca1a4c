/** CloudFormation's resource types of Route 53. All calls go to its control plane in us-east-1. */
import type { Change, HealthCheckConfig, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../../errors.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import {
  listChanges,
  optionalBoolean,
  optionalNumber,
  present,
  refuseOtherProperties,
  unlessGone,
} from './known-properties.ts';

type Properties = Record<string, unknown>;

const home = 'us-east-1';

/** The same for one physical resource, so that a retried creation is the same zone or check. */
const reference = (context: ResourceContext): string => `${context.stackId}/${context.physicalName()}`;

const zoneConfig = (properties: Properties): { Comment?: string } | undefined =>
  properties.HostedZoneConfig as { Comment?: string } | undefined;

const hostedZone: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOtherZoneProperties(properties, context);
    const input = {
      Name: String(properties.Name),
      CallerReference: reference(context),
      HostedZoneConfig: zoneConfig(properties),
    };
    const { HostedZone, DelegationSet } = await context.call('route53', 'CreateHostedZone', input, home);
    const id = (HostedZone?.Id ?? '').replace('/hostedzone/', '');
    return { physicalId: id, attributes: { Id: id, NameServers: DelegationSet?.NameServers } };
  },

  async update({ physicalId: Id, wanted, changed }, context) {
    refuseOtherZoneProperties(wanted, context);
    if (changed.has('HostedZoneConfig')) {
      const { Comment } = zoneConfig(wanted) ?? {};
      await context.call('route53', 'UpdateHostedZoneComment', { Id, Comment }, home);
    }
    return undefined;
  },

  delete: ({ physicalId: Id }, context) =>
    unlessGone('NoSuchHostedZone', () => context.call('route53', 'DeleteHostedZone', { Id }, home)).then(() => {}),

  read: ({ physicalId: Id }, context) =>
    unlessGone('NoSuchHostedZone', async () => {
      const { HostedZone: live } = await context.call('route53', 'GetHostedZone', { Id }, home);
      const { Comment } = live?.Config ?? {};
      return { Name: live?.Name?.replace(/\.$/, ''), HostedZoneConfig: present({ Comment }) };
    }),
};

const refuseOtherZoneProperties = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::Route53::HostedZone', logicalId, properties, [
    'HostedZoneConfig',
    'HostedZoneTags',
    'Name',
  ]);

const recordProperties = [
  'AliasTarget',
  'Failover',
  'HealthCheckId',
  'Name',
  'ResourceRecords',
  'SetIdentifier',
  'TTL',
  'Type',
  'Weight',
];

/** What places a record in a zone, or only comments on it. */
const placementProperties = ['Comment', 'HostedZoneId', 'HostedZoneName'];

/** Of a RecordSet the one, of a RecordSetGroup all. */
function recordsOf(type: string, properties: Properties, context: ResourceContext): ResourceRecordSet[] {
  const known = [...recordProperties, ...placementProperties];
  if (type === 'AWS::Route53::RecordSet') {
    refuseOtherProperties(type, context.logicalId, properties, known);
    return [recordOf(properties)];
  }
  refuseOtherProperties(type, context.logicalId, properties, [...placementProperties, 'RecordSets']);
  const records = (properties.RecordSets as Properties[] | undefined) ?? [];
  for (const record of records) refuseOtherProperties(type, context.logicalId, record, known);
  return records.map(recordOf);
}

/** CloudFormation waits until changes are INSYNC; here creation goes on at once and the change comes in sync later. */
async function change(properties: Properties, Changes: Change[], context: ResourceContext): Promise<void> {
  if (Changes.length === 0) return;
  const HostedZoneId = await zoneOf(properties, context);
  const input = { HostedZoneId, ChangeBatch: { Comment: properties.Comment as string | undefined, Changes } };
  await context.call('route53', 'ChangeResourceRecordSets', input, home);
}

const keyOf = ({ Name, Type, SetIdentifier }: ResourceRecordSet): string =>
  `${Name?.toLowerCase().replace(/\.$/, '')} ${Type} ${SetIdentifier ?? ''}`;

async function liveRecords(HostedZoneId: string, context: ResourceContext): Promise<ResourceRecordSet[]> {
  const { ResourceRecordSets = [] } = await context.call('route53', 'ListResourceRecordSets', { HostedZoneId }, home);
  return ResourceRecordSets;
}

/** Records of either type live and die in one batch each time, so a name is never without an answer between. */
const records = (type: string): Modelled => ({
  async create(properties, context): Promise<Created> {
    const wanted = recordsOf(type, properties, context);
    await change(
      properties,
      wanted.map((record) => ({ Action: 'CREATE', ResourceRecordSet: record })),
      context,
    );
    return { physicalId: type === 'AWS::Route53::RecordSet' ? String(properties.Name) : context.physicalName() };
  },

  async update({ properties, wanted }, context) {
    const before = recordsOf(type, properties, context);
    const after = recordsOf(type, wanted, context);
    const zone = await zoneOf(wanted, context);
    const live = await liveRecords(zone, context);
    const kept = new Set(after.map(keyOf));
    const dropped = before.map(keyOf).filter((key) => !kept.has(key));
    const deletions = live.filter((record) => dropped.includes(keyOf(record)));
    await change(
      wanted,
      [
        ...deletions.map((record): Change => ({ Action: 'DELETE', ResourceRecordSet: record })),
        ...listChanges(before, after).added.map((record): Change => ({ Action: 'UPSERT', ResourceRecordSet: record })),
      ],
      context,
    );
    return undefined;
  },

  delete: ({ properties }, context) =>
    unlessGone('NoSuchHostedZone', async () => {
      const own = new Set(recordsOf(type, properties, context).map(keyOf));
      const live = await liveRecords(await zoneOf(properties, context), context);
      const there = live.filter((record) => own.has(keyOf(record)));
      await change(
        properties,
        there.map((record) => ({ Action: 'DELETE', ResourceRecordSet: record })),
        context,
      );
    }),

  read: ({ properties }, context) =>
    unlessGone('NoSuchHostedZone', async () => {
      const own = recordsOf(type, properties, context).map(keyOf);
      const live = (await liveRecords(await zoneOf(properties, context), context)).filter((record) =>
        own.includes(keyOf(record)),
      );
      if (live.length === 0) return undefined;
      if (type !== 'AWS::Route53::RecordSet') return {};
      const [record] = live;
      return present({
        Type: record?.Type,
        TTL: record?.TTL,
        Weight: record?.Weight,
        Failover: record?.Failover,
        SetIdentifier: record?.SetIdentifier,
        HealthCheckId: record?.HealthCheckId,
        ResourceRecords: record?.ResourceRecords?.map(({ Value }) => Value),
      });
    }),
});

async function zoneOf(properties: Properties, context: ResourceContext): Promise<string> {
  if (properties.HostedZoneId !== undefined) return String(properties.HostedZoneId);
  const name = String(properties.HostedZoneName);
  const { HostedZones } = await context.call('route53', 'ListHostedZones', {}, home);
  const zone = HostedZones?.find((candidate) => candidate.Name === name);
  if (!zone?.Id) throw new AwsError('NoSuchHostedZone', `No hosted zone named ${name} found`);
  return zone.Id;
}

function recordOf(properties: Properties): ResourceRecordSet {
  const alias = properties.AliasTarget as Properties | undefined;
  return {
    Name: String(properties.Name),
    Type: properties.Type as ResourceRecordSet['Type'],
    SetIdentifier: properties.SetIdentifier as string | undefined,
    Failover: properties.Failover as ResourceRecordSet['Failover'],
    Weight: optionalNumber(properties.Weight),
    TTL: optionalNumber(properties.TTL),
    HealthCheckId: properties.HealthCheckId as string | undefined,
    ResourceRecords: (properties.ResourceRecords as string[] | undefined)?.map((Value) => ({ Value })),
    AliasTarget: alias && {
      DNSName: String(alias.DNSName),
      HostedZoneId: String(alias.HostedZoneId),
      EvaluateTargetHealth: optionalBoolean(alias.EvaluateTargetHealth) ?? false,
    },
  };
}

const NUMBERS = ['Port', 'RequestInterval', 'FailureThreshold', 'HealthThreshold'];
const BOOLEANS = ['Inverted', 'EnableSNI', 'MeasureLatency', 'Disabled'];

function configOf(properties: Properties): HealthCheckConfig {
  const entries = Object.entries(properties.HealthCheckConfig as Properties).map(([name, value]) => {
    if (NUMBERS.includes(name)) return [name, Number(value)];
    return BOOLEANS.includes(name) ? [name, optionalBoolean(value)] : [name, value];
  });
  return Object.fromEntries(entries) as HealthCheckConfig;
}

/** UpdateHealthCheck API Reference, ResetElements: the members that it can take away. */
const RESETTABLE = ['ChildHealthChecks', 'FullyQualifiedDomainName', 'Regions', 'ResourcePath'] as const;
/** CreateHealthCheck API Reference: what is in force when nothing is said. */
const CHECK_DEFAULTS = { FailureThreshold: 3, Inverted: false, Disabled: false };

const refuseOtherCheckProperties = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::Route53::HealthCheck', logicalId, properties, ['HealthCheckConfig', 'HealthCheckTags']);

const healthCheck: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOtherCheckProperties(properties, context);
    const input = { CallerReference: reference(context), HealthCheckConfig: configOf(properties) };
    const { HealthCheck } = await context.call('route53', 'CreateHealthCheck', input, home);
    const id = HealthCheck?.Id ?? '';
    return { physicalId: id, attributes: { HealthCheckId: id } };
  },

  async update({ physicalId: HealthCheckId, properties, wanted, changed }, context) {
    refuseOtherCheckProperties(wanted, context);
    if (!changed.has('HealthCheckConfig')) return undefined;
    const before = configOf(properties);
    const { Type: _type, RequestInterval: _interval, MeasureLatency: _latency, ...config } = configOf(wanted);
    const ResetElements = RESETTABLE.filter((name) => before[name] !== undefined && config[name] === undefined);
    const back = Object.entries(CHECK_DEFAULTS).filter(
      ([name]) => before[name as keyof HealthCheckConfig] !== undefined,
    );
    const input = { HealthCheckId, ...Object.fromEntries(back), ...config, ResetElements };
    await context.call('route53', 'UpdateHealthCheck', input, home);
    return undefined;
  },

  delete: ({ physicalId: HealthCheckId }, context) =>
    unlessGone('NoSuchHealthCheck', () => context.call('route53', 'DeleteHealthCheck', { HealthCheckId }, home)).then(
      () => {},
    ),

  read: ({ physicalId: HealthCheckId, properties }, context) =>
    unlessGone('NoSuchHealthCheck', async () => {
      const { HealthCheck } = await context.call('route53', 'GetHealthCheck', { HealthCheckId }, home);
      // Defaults that the template does not name are no drift.
      const named = Object.keys(properties.HealthCheckConfig as object);
      const live = Object.entries(HealthCheck?.HealthCheckConfig ?? {}).filter(([name]) => named.includes(name));
      return { HealthCheckConfig: Object.fromEntries(live) };
    }),
};

export const resources: ResourceTable = {
  'AWS::Route53::HostedZone': hostedZone,
  'AWS::Route53::RecordSet': records('AWS::Route53::RecordSet'),
  'AWS::Route53::RecordSetGroup': records('AWS::Route53::RecordSetGroup'),
  'AWS::Route53::HealthCheck': healthCheck,
};
