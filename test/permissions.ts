/**
 * After the suite: every permission that production's roles are granted was used by a drill, or infra/unused-permissions.ts
 * says why not. Asked only when the suite was whole: whoever runs one file has not run what would use them.
 */

import { judge } from '../console/permissions/judge.ts';
import { PermissionLedger, textOf } from '../console/permissions/ledger.ts';
import { explanations } from '../infra/unused-permissions.ts';

/** Throws, naming role, action and resource of each. */
export async function checkPermissions(directory: string): Promise<void> {
  const ledger = PermissionLedger.read(directory);
  if (ledger.runs.size === 0) return;
  const { drills } = await import('../console/drills/index.ts');
  const all = Object.values(drills).flatMap(({ slug, scenarios }) =>
    Object.keys(scenarios).map((scenario) => `${slug}/${scenario}`),
  );
  const tests = explanations.flatMap(({ usedBy }) => usedBy ?? []);
  if ([...all, ...tests].some((run) => !ledger.runs.has(run))) return;
  const { unexplained, stale } = judge({ granted: ledger.granted, explanations, withTests: true });
  const complaints = [...unexplained.map((each) => `granted, unused, not explained: ${textOf(each)}`), ...stale];
  if (complaints.length === 0) return;
  throw new Error(`infra/unused-permissions.ts is not as the suite found it:\n${complaints.join('\n')}`);
}
