/** The targets that drills of region failover are held to (DESIGN "Targets"). */
import { percentile, type Run } from '../../drill/result.ts';

export const RTO_SECONDS_MAX = 900;
/** Unless a named person accepted more. */
export const RPO_SECONDS_MAX = 300;
const P50_RTO_SECONDS_MAX = 390;
const P95_RTO_SECONDS_MAX = 600;
/** Percentiles of fewer runs say little. */
const RUNS_FOR_PERCENTILES = 100;

/** One sentence per target missed by runs of a scenario that recovers. */
export function targetsMissed(runs: readonly Run[]): string[] {
  const recovered = runs.filter((result) => result.expected === 'failed-over');
  const rto = recovered.flatMap((result) => (result.rtoSeconds === null ? [] : [result.rtoSeconds]));
  const missed: string[] = [];
  const check = (name: string, value: number | null, limit: number) => {
    if (value !== null && value > limit) missed.push(`${name} ${value} s is above ${limit} s`);
  };
  check('the longest RTO', percentile(rto, 100), RTO_SECONDS_MAX);
  if (rto.length >= RUNS_FOR_PERCENTILES) {
    check('RTO p50', percentile(rto, 50), P50_RTO_SECONDS_MAX);
    check('RTO p95', percentile(rto, 95), P95_RTO_SECONDS_MAX);
  }
  return missed;
}
