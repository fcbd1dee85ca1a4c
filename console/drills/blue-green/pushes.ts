/** What a push truly is: which digests it has, whether it is good, and whether it may be released at all. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { imageLike } from '../../../simulator/services/ecr/build.ts';
import type { Push } from './evidence.ts';
import type { Places, Release } from './scenario.ts';

/** Statuses that end a scan well; every other is no evidence. */
const SCANNED: readonly string[] = ['COMPLETE', 'ACTIVE'];

export function pushed(cloud: Cloud, release: Release, { region, names }: Places, t: number): Push {
  const { digests } = imageLike(cloud, { region, repository: names.repository, ...release });
  const { behaviour = {}, scan = {}, signing, tags = [] } = release;
  const { warmUpMs: _, latencyMs, ...faults } = behaviour;
  const { CRITICAL = 0, HIGH = 0 } = scan.findings ?? {};
  const scanned = SCANNED.includes(scan.status ?? 'COMPLETE') && CRITICAL + HIGH === 0;
  const signed = (signing?.status ?? 'COMPLETE') === 'COMPLETE';
  return {
    t,
    digests,
    good: Object.keys(faults).length === 0 && (latencyMs?.p95 ?? 0) < SLOW_MS,
    admissible: scanned && signed,
    // As release.tagPattern has it: a version with at least two dots.
    released: tags.some((tag) => /^.*\..*\..*$/.test(tag)),
  };
}

/** Above the policy's 95th percentile of 2 s. */
const SLOW_MS = 2000;
