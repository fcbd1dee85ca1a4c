/**
 * Which record of a group answers. Pure but for the weighted draw.
 * Rules: Route 53 guide, "How Amazon Route 53 chooses records when health checking is configured".
 */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Random } from '../../random.ts';

/** One of records with the same name and type; records without a check are always healthy. */
export function chooseRecord(
  records: readonly ResourceRecordSet[],
  checkHealthy: (id: string) => boolean,
  random: () => Random,
): ResourceRecordSet | undefined {
  const healthy = (record: ResourceRecordSet): boolean =>
    record.HealthCheckId === undefined || checkHealthy(record.HealthCheckId);
  const [first] = records;
  if (first?.Failover !== undefined) return chooseFailover(records, healthy);
  if (first?.Weight !== undefined) return chooseWeighted(records, healthy, random);
  return first;
}

/** The primary if it is healthy or the secondary is not healthy either. */
function chooseFailover(
  records: readonly ResourceRecordSet[],
  healthy: (record: ResourceRecordSet) => boolean,
): ResourceRecordSet | undefined {
  const primary = records.find((record) => record.Failover === 'PRIMARY');
  const secondary = records.find((record) => record.Failover === 'SECONDARY');
  if (primary && secondary) return healthy(primary) || !healthy(secondary) ? primary : secondary;
  return primary ?? secondary;
}

/** Zero weights only when every other record is unhealthy; when none at all is healthy, all count as healthy. */
function chooseWeighted(
  records: readonly ResourceRecordSet[],
  healthy: (record: ResourceRecordSet) => boolean,
  random: () => Random,
): ResourceRecordSet | undefined {
  const anyHealthy = records.some(healthy);
  const usable = anyHealthy ? records.filter(healthy) : records;
  const weighted = usable.filter((record) => (record.Weight ?? 0) > 0);
  if (weighted.length === 0) return random().pick(usable);
  let draw = random().next() * weighted.reduce((sum, record) => sum + (record.Weight ?? 0), 0);
  for (const record of weighted) {
    draw -= record.Weight ?? 0;
    if (draw < 0) return record;
  }
  return weighted.at(-1);
}
