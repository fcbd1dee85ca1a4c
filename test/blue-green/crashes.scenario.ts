/** Wherever an execution or a function dies, users are with one release, nothing is left, and nothing is done twice. */
import { expect, it } from 'vitest';
import { compare } from '../../console/drill/wants.ts';
import { crashScenarios } from '../../console/drills/blue-green/crash-scenarios.ts';
import type { BlueGreenRun } from '../../console/drills/blue-green/drill.ts';
import type { Act } from '../../console/drills/blue-green/scenario.ts';
import { drillBlueGreen } from '../drills.ts';
import { inSuite } from '../every-drill.ts';

const SAMPLE = ['crash-at-validate', 'crash-at-watch', 'crash-at-commit', 'dies-after-shift'];

it.each(inSuite(Object.entries(crashScenarios), SAMPLE))('%s', async (name, { acts, expected, wants }) => {
  const run = await drillBlueGreen(name);
  const { result, evidence } = run;
  expect(acts.filter((act) => !hit(act, run))).toEqual([]);
  expect(result.invariants.violated).toEqual([]);
  expect(result.outcome).toBe(expected);
  const { fits, table } = compare(result.effects, wants, { here: evidence.policy.region });
  expect(fits, table.join('\n')).toBe(true);
});

/** Whether a crash happened where it was meant to; another act is not asked about. */
function hit(act: Act, { evidence, cloud }: BlueGreenRun): boolean {
  if (act.act === 'abortAt') {
    const aborted = evidence.executions.filter(({ status }) => status === 'ABORTED');
    return aborted.some(({ steps }) => steps.at(-1)?.name === act.state);
  }
  if (act.act !== 'dieAfter') return true;
  const died = cloud.trace.entries.filter(({ source, what, detail }) => {
    const { error } = (detail ?? {}) as { error?: { errorType: string } };
    return source === 'lambda' && what === 'failed' && error?.errorType === 'Runtime.ExitError';
  });
  return died.length === 1;
}
