/** CloudFormation's resource types of Route 53. All calls go to its control plane in us-east-1. */
import type { HealthCheckConfig, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../../errors.ts';
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, optionalNumber, refuseOtherProperties } from './known-properties.ts';

type Properties = Record<string, unknown>;

const home = 'us-east-1';

export const resources: ResourceTable = {
  'AWS::Route53::HostedZone': { create: createHostedZone },
  'AWS::Route53::RecordSet': { create: createRecordSet },
  'AWS::Route53::RecordSetGroup': { create: createRecordSetGroup },
  'AWS::Route53::HealthCheck': { create: createHealthCheck },
};

/** The same for one resource of one stack, so that a retried creation is the same zone or check. */
const reference = (context: ResourceContext): string => `${context.stackId}/${context.logicalId}`;

async function createHostedZone(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::Route53::HostedZone', context.logicalId, properties, [
    'HostedZoneConfig',
    'HostedZoneTags',
    'Name',
  ]);
  const input = {
    Name: String(properties.Name),
    CallerReference: reference(context),
    HostedZoneConfig: properties.HostedZoneConfig as { Comment?: string } | undefined,
  };
  const { HostedZone, DelegationSet } = await context.call('route53', 'CreateHostedZone', input, home);
  const id = (HostedZone?.Id ?? '').replace('/hostedzone/', '');
  return { physicalId: id, attributes: { Id: id, NameServers: DelegationSet?.NameServers } };
}

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

async function createRecordSet(properties: Properties, context: ResourceContext): Promise<Created> {
  const known = [...recordProperties, ...placementProperties];
  refuseOtherProperties('AWS::Route53::RecordSet', context.logicalId, properties, known);
  await change(properties, [properties], context);
  return { physicalId: String(properties.Name) };
}

async function createRecordSetGroup(properties: Properties, context: ResourceContext): Promise<Created> {
  const type = 'AWS::Route53::RecordSetGroup';
  refuseOtherProperties(type, context.logicalId, properties, [...placementProperties, 'RecordSets']);
  const records = (properties.RecordSets as Properties[] | undefined) ?? [];
  for (const record of records) {
    refuseOtherProperties(type, context.logicalId, record, [...recordProperties, ...placementProperties]);
  }
  await change(properties, records, context);
  return { physicalId: context.physicalName() };
}

/** CloudFormation waits until changes are INSYNC; here creation goes on at once and the change comes in sync later. */
async function change(properties: Properties, records: readonly Properties[], context: ResourceContext): Promise<void> {
  const HostedZoneId = await zoneOf(properties, context);
  const Changes = records.map((record) => ({ Action: 'CREATE' as const, ResourceRecordSet: recordOf(record) }));
  const input = { HostedZoneId, ChangeBatch: { Comment: properties.Comment as string | undefined, Changes } };
  await context.call('route53', 'ChangeResourceRecordSets', input, home);
}

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

async function createHealthCheck(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::Route53::HealthCheck', context.logicalId, properties, [
    'HealthCheckConfig',
    'HealthCheckTags',
  ]);
  const given = properties.HealthCheckConfig as Properties;
  const numbers = ['Port', 'RequestInterval', 'FailureThreshold', 'HealthThreshold'];
  const booleans = ['Inverted', 'EnableSNI', 'MeasureLatency', 'Disabled'];
  const config = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (numbers.includes(name)) return [name, Number(value)];
      return booleans.includes(name) ? [name, optionalBoolean(value)] : [name, value];
    }),
  );
  const input = { CallerReference: reference(context), HealthCheckConfig: config as unknown as HealthCheckConfig };
  const { HealthCheck } = await context.call('route53', 'CreateHealthCheck', input, home);
  const id = HealthCheck?.Id ?? '';
  return { physicalId: id, attributes: { HealthCheckId: id } };
}
