/** Wherever an execution or a function dies, a successor reaches the same end, and nothing is done twice. */
import { expect, it } from 'vitest';
import { crashScenarios } from '../../console/drills/region-failover/crash-scenarios.ts';
import type { RegionFailoverRun } from '../../console/drills/region-failover/drill.ts';
import type { Act } from '../../console/drills/region-failover/scenario.ts';
import { mismatch } from '../../console/drills/region-failover/timeline.ts';
import { drillRegionFailover } from '../drills.ts';

const regions = { old: 'us-west-2', target: 'us-east-2', witness: 'us-east-1' };

it.each(Object.entries(crashScenarios))('%s', async (name, { acts = [], expected, wants }) => {
  const run = await drillRegionFailover(name);
  const { result } = run;
  expect(acts.filter((act) => !hit(act, run))).toEqual([]);
  expect(result.invariants.violated).toEqual([]);
  expect(result.outcome).toBe(expected);
  expect(mismatch(result.effects, wants, regions)).toBeNull();
});

/** Whether a crash happened where it was meant to; another act is not asked about. */
function hit(act: Act, { evidence, cloud }: RegionFailoverRun): boolean {
  if (act.act === 'abortAt') {
    const aborted = evidence.executions.filter(({ status }) => status === 'ABORTED');
    return aborted.some(({ steps }) =>
      steps.some(({ name, until }) => name === act.state && until === steps.at(-1)?.until),
    );
  }
  if (act.act !== 'dieAfter') return true;
  const died = cloud.trace.entries.filter(({ source, what, detail }) => {
    const { function: name, error } = (detail ?? {}) as { function?: string; error?: { errorType: string } };
    const died = source === 'lambda' && what === 'failed' && error?.errorType === 'Runtime.ExitError';
    return died && name?.includes(pascal(act.function)) === true;
  });
  return died.length === 1;
}

const pascal = (handler: string): string =>
  handler.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
