/**
 * After the suite: every permission that production's roles are granted was used by a drill, or infra/unused-permissions.ts
 * says why not. Asked of the capabilities whose scenarios were all run: whoever runs some has not run what would use the rest.
 */

import { concerns, isAbout, judge } from '../console/permissions/judge.ts';
import { type Granted, PermissionLedger, textOf } from '../console/permissions/ledger.ts';
import { explanations } from '../infra/unused-permissions.ts';

/** Throws, naming role, action and resource of each. */
export async function checkPermissions(directory: string): Promise<void> {
  const ledger = PermissionLedger.read(directory);
  const { drills } = await import('../console/drills/index.ts');
  const isWhole = ({ slug, scenarios }: { slug: string; scenarios: Readonly<Record<string, unknown>> }) =>
    Object.keys(scenarios).every((scenario) => ledger.runs.has(`${slug}/${scenario}`));
  const partly = Object.values(drills).filter((drill) => !isWhole(drill));
  const tests = explanations.flatMap(({ usedBy }) => usedBy ?? []);
  if (partly.length === Object.keys(drills).length || tests.some((run) => !ledger.runs.has(run))) return;
  const isJudged = ({ stack }: Granted) => !partly.some(({ slug }) => stack.includes(`-${slug}-`));
  const granted = ledger.granted.filter(isJudged);
  const others = ledger.granted.filter((permission) => !isJudged(permission));
  // What is said of a capability that was run in part, or not deployed, is not held against it here; whether a stack has
  // its role at all is asked in contract/permissions.slow.test.ts.
  const asked = explanations.filter(
    (each) => concerns(each, granted) && !others.some((permission) => isAbout(each, permission)),
  );
  const { unexplained } = judge({ granted, explanations, withTests: true });
  const { stale } = judge({ granted, explanations: asked, withTests: true });
  const complaints = [...unexplained.map((each) => `granted, unused, not explained: ${textOf(each)}`), ...stale];
  if (complaints.length === 0) return;
  throw new Error(`infra/unused-permissions.ts is not as the suite found it:\n${complaints.join('\n')}`);
}
