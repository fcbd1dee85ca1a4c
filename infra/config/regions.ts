/**
 * Preflight of a region set (req E3): are the needed services offered there? The table is dated; AWS adds regions.
 * Sources, as read 2026-11-20: DocumentDB developer guide "Regions and endpoints"; DynamoDB developer guide
 * "Multi-Region strong consistency" (three regions of one set).
 */
import type { Configuration } from './schema.ts';

export const TABLE_DATE = '2026-11-20';

/** Strong multi-region consistency needs exactly three regions of one of these sets. */
const STRONG_CONSISTENCY_SETS: readonly (readonly string[])[] = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

/** Regions of those sets where DocumentDB is not known to be offered. */
const WITHOUT_DOCUMENTDB: ReadonlySet<string> = new Set(['us-west-1', 'ap-northeast-3']);

/** Everything wrong with the region set, each with what to choose instead; empty when it is fine. */
export function regionProblems(regions: Configuration['regions']): string[] {
  const [first, second] = regions.serving;
  const all = [first, second, regions.witness];
  const problems: string[] = [];
  if (new Set(all).size < 3) {
    problems.push(`regions: ${all.join(', ')} must be three different regions; two of them cannot decide alone`);
  }
  for (const region of new Set(regions.serving)) {
    if (WITHOUT_DOCUMENTDB.has(region)) {
      problems.push(
        `regions.serving: DocumentDB is not offered in ${region} as of ${TABLE_DATE}; choose another region`,
      );
    }
  }
  if (!STRONG_CONSISTENCY_SETS.some((set) => all.every((region) => set.includes(region)))) {
    const sets = STRONG_CONSISTENCY_SETS.map((set) => `{${set.join(', ')}}`).join(' or ');
    problems.push(
      `regions: ${all.join(', ')} are not of one set with strong multi-region consistency as of ${TABLE_DATE}; choose three of ${sets}`,
    );
  }
  return problems;
}
