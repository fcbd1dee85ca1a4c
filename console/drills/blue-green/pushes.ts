/** What a push truly is: which digests it has, whether it is good, and whether it may be released at all. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { imageLike } from '../../../simulator/services/ecr/build.ts';
import type { Push } from './evidence.ts';
import type { Places, Release } from './scenario.ts';

/** Statuses that end a scan well; every other is no evidence. */
const SCANNED: readonly string[] = ['COMPLETE', 'ACTIVE'];

/** `before` is the last push that was admissible. */
export function pushed(
  cloud: Cloud,
  release: Release,
  { region, names }: Places,
  t: number,
  before: Pick<Push, 'schema'> | undefined,
): Push {
  const { digests } = imageLike(cloud, { region, repository: names.repository, ...release });
  const { behaviour = {}, scan = {}, signing, tags = [] } = release;
  const { warmUpMs: _, latencyMs, ...faults } = behaviour;
  const { CRITICAL = 0, HIGH = 0 } = scan.findings ?? {};
  const scanned = SCANNED.includes(scan.status ?? 'COMPLETE') && CRITICAL + HIGH === 0;
  const schema = rangeOf(release);
  const signed = (signing?.status ?? 'COMPLETE') === 'COMPLETE' && signing?.forged === undefined;
  return {
    t,
    digests,
    good: Object.keys(faults).length === 0 && (latencyMs?.p95 ?? 0) < SLOW_MS,
    wearsOut: Object.keys(faults).join() === ('oomAfterRequests' satisfies keyof typeof faults),
    admissible: scanned && signed && meet(schema, before?.schema ?? null),
    schema,
    // As release.tagPattern has it: a version with at least two dots.
    released: tags.some((tag) => /^.*\..*\..*$/.test(tag)),
  };
}

function rangeOf({ labels = {} }: Release): Push['schema'] {
  const [min = Number.NaN, max = Number.NaN] = ['min', 'max'].map((end) => Number(labels[`mainstay.schema.${end}`]));
  return min <= max ? { min, max } : null;
}

/** Whether there is a schema of the database with which both work. */
const meet = (one: Push['schema'], other: Push['schema']): boolean =>
  !one || !other || (one.min <= other.max && other.min <= one.max);

/** Above the policy's 95th percentile of 2 s. */
const SLOW_MS = 2000;
