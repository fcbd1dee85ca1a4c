/**
 * What ChangeResourceRecordSets does to a zone's records, and what it refuses. Pure: returns the new list or throws.
 * Rules: API reference, ChangeResourceRecordSets and ResourceRecordSet.
 */
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError, NotModelled } from '../../errors.ts';
import { normalizedName } from './state.ts';

/**
 * @param checkExists whether a health check is there
 * @throws AwsError InvalidChangeBatch with every fault found; nothing is changed then
 */
export function applyChanges(
  zoneName: string,
  records: readonly ResourceRecordSet[],
  changes: readonly Change[],
  checkExists: (id: string) => boolean,
): ResourceRecordSet[] {
  const messages: string[] = [];
  let result = [...records];
  for (const change of changes) {
    const record = normalized(change.ResourceRecordSet);
    const label = `[name='${record.Name}', type='${record.Type}'${record.SetIdentifier === undefined ? '' : `, set-identifier='${record.SetIdentifier}'`}]`;
    const before = result.find((candidate) => sameKey(candidate, record));
    if (change.Action === 'DELETE') {
      if (!before) messages.push(`Tried to delete resource record set ${label} but it was not found`);
      else if (!sameValues(before, record)) {
        messages.push(
          `Tried to delete resource record set ${label} but the values provided do not match the current values`,
        );
      }
      if (record.Name === zoneName && (record.Type === 'SOA' || record.Type === 'NS')) {
        messages.push(`A HostedZone must contain at least one ${record.Type} record for the zone itself.`);
      }
      result = result.filter((candidate) => candidate !== before);
      continue;
    }
    if (change.Action === 'CREATE' && before) {
      messages.push(`Tried to create resource record set ${label} but it already exists`);
    }
    result = result.filter((candidate) => candidate !== before);
    messages.push(...faultsOf(zoneName, record, result, label, checkExists));
    result.push(record);
  }
  if (messages.length > 0) {
    throw new AwsError('InvalidChangeBatch', `[${messages.join(', ')}]`, { members: { messages } });
  }
  return result;
}

function normalized(record: ResourceRecordSet | undefined): ResourceRecordSet {
  if (!record) throw new AwsError('InvalidInput', 'A change needs a resource record set');
  for (const name of [
    'Region',
    'GeoLocation',
    'GeoProximityLocation',
    'MultiValueAnswer',
    'CidrRoutingConfig',
  ] as const) {
    if (record[name] !== undefined) throw new NotModelled(`route53: routing by '${name}' is not modelled`);
  }
  if (record.TrafficPolicyInstanceId !== undefined) throw new NotModelled('route53: traffic policies are not modelled');
  if (record.AliasTarget?.EvaluateTargetHealth) {
    throw new NotModelled('route53: alias records with EvaluateTargetHealth are not modelled');
  }
  return structuredClone({ ...record, Name: normalizedName(record.Name ?? '') });
}

const sameKey = (a: ResourceRecordSet, b: ResourceRecordSet): boolean =>
  a.Name === b.Name && a.Type === b.Type && a.SetIdentifier === b.SetIdentifier;

const sameValues = (a: ResourceRecordSet, b: ResourceRecordSet): boolean =>
  a.TTL === b.TTL &&
  normalizedName(a.AliasTarget?.DNSName ?? '') === normalizedName(b.AliasTarget?.DNSName ?? '') &&
  JSON.stringify(a.ResourceRecords?.map((one) => one.Value)) ===
    JSON.stringify(b.ResourceRecords?.map((one) => one.Value));

const isSimple = (record: ResourceRecordSet): boolean => record.Failover === undefined && record.Weight === undefined;

function faultsOf(
  zoneName: string,
  record: ResourceRecordSet,
  others: readonly ResourceRecordSet[],
  label: string,
  checkExists: (id: string) => boolean,
): string[] {
  const faults: string[] = [];
  const check = (broken: boolean, message: string): void => {
    if (broken) faults.push(message);
  };
  const name = record.Name ?? '';
  const sameName = others.filter((other) => other.Name === name);
  const sameType = sameName.filter((other) => other.Type === record.Type);
  check(
    name !== zoneName && !name.endsWith(`.${zoneName}`),
    `RRSet with DNS name ${name} is not permitted in zone ${zoneName}`,
  );
  if (record.AliasTarget) {
    check(record.TTL !== undefined, `${label}: an alias record must not have a TTL`);
    check((record.ResourceRecords?.length ?? 0) > 0, `${label}: an alias record must not have resource records`);
  } else {
    check(record.TTL === undefined, `${label}: TTL is required`);
    check(!record.ResourceRecords?.length, `${label}: resource records are required`);
  }
  check(record.Failover !== undefined && record.Weight !== undefined, `${label}: more than one routing policy`);
  check(
    isSimple(record) !== (record.SetIdentifier === undefined),
    `${label}: SetIdentifier goes with a routing policy`,
  );
  check(
    sameType.some((other) => isSimple(other) || (other.Failover === undefined) !== (record.Failover === undefined)),
    `RRSet with DNS name ${name}, type ${record.Type} cannot be created as other record sets exist with the same name and type`,
  );
  check(
    record.Failover !== undefined && sameType.some((other) => other.Failover === record.Failover),
    `${label}: there is a ${record.Failover} record already`,
  );
  check(
    record.Weight !== undefined && (!Number.isInteger(record.Weight) || record.Weight < 0 || record.Weight > 255),
    `${label}: weight ${record.Weight} must be a whole number between 0 and 255`,
  );
  check(
    record.Type === 'CNAME' && name === zoneName,
    `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zoneName}`,
  );
  const cnameConflict = sameName.some((other) => (other.Type === 'CNAME') !== (record.Type === 'CNAME'));
  check(cnameConflict, `RRSet of type ${record.Type} with DNS name ${name} conflicts with another record of that name`);
  const checkId = record.HealthCheckId;
  check(checkId !== undefined && !checkExists(checkId), `No health check found with ID ${checkId}`);
  return faults;
}
