/** Hosted zones and their records: Route 53's control plane, which lives and dies with us-east-1. */
import type { ChangeInfo, HostedZone, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { dnsChangeSeconds } from '../../world/durations.ts';
import { applyChanges } from './change-batch.ts';
import { bareId, normalizedName, type Route53State, type Zone, zoneById } from './state.ts';

type R53Context = Context<Route53State>;
type Route53 = Clients['route53'];

/** @throws AwsError HostedZoneAlreadyExists, InvalidDomainName */
export function createHostedZone(
  input: Input<Route53, 'CreateHostedZone'>,
  context: R53Context,
): Output<Route53, 'CreateHostedZone'> {
  const { state, random } = context;
  if (input.VPC || input.HostedZoneConfig?.PrivateZone)
    throw new NotModelled('route53: private zones are not modelled');
  const name = normalizedName(input.Name ?? '');
  if (!/^([a-z0-9_-]{1,63}\.)+$/.test(name)) throw new AwsError('InvalidDomainName', `${name} is not a domain name`);
  if (Object.values(state.zones).some((zone) => zone.callerReference === input.CallerReference)) {
    throw new AwsError('HostedZoneAlreadyExists', 'A hosted zone has already been created with this caller reference.');
  }
  const id = `Z0${random.hex(12).toUpperCase()}`;
  const nameServers = ['com', 'net', 'org', 'co.uk'].map(
    (top, index) =>
      `ns-${random.integer(512) + 512 * index}.awsdns-${String(random.integer(64)).padStart(2, '0')}.${top}`,
  );
  const zone: Zone = {
    id,
    name,
    callerReference: input.CallerReference ?? '',
    comment: input.HostedZoneConfig?.Comment,
    nameServers,
    records: [
      { Name: name, Type: 'NS', TTL: 172_800, ResourceRecords: nameServers.map((server) => ({ Value: `${server}.` })) },
      {
        Name: name,
        Type: 'SOA',
        TTL: 900,
        ResourceRecords: [{ Value: `${nameServers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400` }],
      },
    ],
    inSyncAt: context.now,
  };
  state.zones[id] = zone;
  return {
    HostedZone: describe(zone),
    ChangeInfo: publishLater(context, zone, undefined),
    DelegationSet: { NameServers: nameServers },
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${id}`,
  };
}

const describe = (zone: Zone): HostedZone => ({
  Id: `/hostedzone/${zone.id}`,
  Name: zone.name,
  CallerReference: zone.callerReference,
  Config: { Comment: zone.comment, PrivateZone: false },
  ResourceRecordSetCount: zone.records.length,
});

export function getHostedZone(
  input: Input<Route53, 'GetHostedZone'>,
  context: R53Context,
): Output<Route53, 'GetHostedZone'> {
  const zone = zoneById(context.state, input.Id);
  return { HostedZone: describe(zone), DelegationSet: { NameServers: zone.nameServers } };
}

export function listHostedZones(
  _input: Input<Route53, 'ListHostedZones'>,
  context: R53Context,
): Output<Route53, 'ListHostedZones'> {
  return {
    HostedZones: Object.values(context.state.zones).map(describe),
    Marker: '',
    IsTruncated: false,
    MaxItems: 100,
  };
}

export function listHostedZonesByName(
  input: Input<Route53, 'ListHostedZonesByName'>,
  context: R53Context,
): Output<Route53, 'ListHostedZonesByName'> {
  const from = sortKey(normalizedName(input.DNSName ?? '.'));
  const zones = Object.values(context.state.zones)
    .filter((zone) => sortKey(zone.name) >= from)
    .toSorted((a, b) => compare(sortKey(a.name), sortKey(b.name)))
    .slice(0, input.MaxItems ?? 100);
  return { HostedZones: zones.map(describe), IsTruncated: false, MaxItems: input.MaxItems ?? 100 };
}

/** @throws AwsError InvalidChangeBatch, NoSuchHostedZone */
export function changeResourceRecordSets(
  input: Input<Route53, 'ChangeResourceRecordSets'>,
  context: R53Context,
): Output<Route53, 'ChangeResourceRecordSets'> {
  const zone = zoneById(context.state, input.HostedZoneId);
  const changes = input.ChangeBatch?.Changes ?? [];
  if (changes.length === 0) throw new AwsError('InvalidInput', 'A change batch needs at least one change');
  const checkExists = (id: string): boolean => context.state.healthChecks[id] !== undefined;
  zone.records = applyChanges(zone.name, zone.records, changes, checkExists);
  return { ChangeInfo: publishLater(context, zone, input.ChangeBatch?.Comment) };
}

function publishLater(context: R53Context, zone: Zone, comment: string | undefined): ChangeInfo {
  const changeId = `C0${context.random.hex(18).toUpperCase()}`;
  const submittedAt = context.now;
  zone.inSyncAt = Math.max(zone.inSyncAt, submittedAt + Math.round(dnsChangeSeconds(context.random) * 1000));
  context.state.changes[changeId] = { status: 'PENDING', submittedAt, comment };
  context.schedule('inSync', zone.inSyncAt - submittedAt, {
    changeId,
    zoneName: zone.name,
    records: structuredClone(zone.records),
  });
  return { Id: `/change/${changeId}`, Status: 'PENDING', SubmittedAt: new Date(submittedAt), Comment: comment };
}

/** Timer, in us-east-1: all of Route 53's servers have the change. */
export function inSync(
  data: { changeId: string; zoneName: string; records: ResourceRecordSet[] },
  context: R53Context,
): void {
  const byName: Record<string, ResourceRecordSet[]> = {};
  for (const record of data.records) {
    byName[record.Name ?? ''] ??= [];
    byName[record.Name ?? '']?.push(record);
  }
  context.state.dataPlane.zones[data.zoneName] = { byName };
  const change = context.state.changes[data.changeId];
  if (change) change.status = 'INSYNC';
  context.trace('zone.inSync', { zone: data.zoneName, changeId: data.changeId });
}

/** @throws AwsError NoSuchChange */
export function getChange(input: Input<Route53, 'GetChange'>, context: R53Context): Output<Route53, 'GetChange'> {
  const id = bareId(input.Id);
  const change = context.state.changes[id];
  if (!change) throw new AwsError('NoSuchChange', `Could not find resource with ID: ${id}`);
  return {
    ChangeInfo: {
      Id: `/change/${id}`,
      Status: change.status,
      SubmittedAt: new Date(change.submittedAt),
      Comment: change.comment,
    },
  };
}

/** In AWS's order: by name with its labels reversed, then by type, then by set identifier. */
export function listResourceRecordSets(
  input: Input<Route53, 'ListResourceRecordSets'>,
  context: R53Context,
): Output<Route53, 'ListResourceRecordSets'> {
  const zone = zoneById(context.state, input.HostedZoneId);
  const key = (record: ResourceRecordSet): string =>
    `${sortKey(record.Name ?? '')} ${record.Type} ${record.SetIdentifier ?? ''}`;
  const start =
    input.StartRecordName === undefined
      ? ''
      : `${sortKey(normalizedName(input.StartRecordName))} ${input.StartRecordType ?? ''} ${input.StartRecordIdentifier ?? ''}`.trimEnd();
  const rest = zone.records.filter((record) => key(record) >= start).toSorted((a, b) => compare(key(a), key(b)));
  const limit = Math.min(input.MaxItems ?? 300, 300);
  const next = rest[limit];
  return {
    ResourceRecordSets: rest.slice(0, limit),
    IsTruncated: next !== undefined,
    NextRecordName: next?.Name,
    NextRecordType: next?.Type,
    NextRecordIdentifier: next?.SetIdentifier,
    MaxItems: limit,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** 'com.example.orders' for 'orders.example.com.' */
const sortKey = (name: string): string => name.split('.').filter(Boolean).toReversed().join('.');
