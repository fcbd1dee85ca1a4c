/** The main drill both ways to run the functions: in process on virtual time, as child processes in real time. */
import { describe, expect, it } from 'vitest';
import type { DrillResult } from '../../console/drill/result.ts';
import { runRegionFailoverInProcesses } from '../../console/drills/region-failover/in-processes.ts';
import { drillRegionFailover, production } from '../drills.ts';

const SEED = 1;
/** At this speed the drill takes about a minute and a half of real time. */
const SPEED = 5;

/**
 * What was done to the world and who was told, in order; when is this machine's business as well. The alarm and the
 * reconciler race to start the machine, and the scenario allows both: starts are counted, not ordered. So is
 * CloudWatch's own mail, which races with the claim.
 */
const RACING = ['start', 'alarm mail'];
const deeds = ({ effects }: DrillResult) =>
  effects.filter(({ what }) => !RACING.includes(what)).map(({ what, region }) => `${what} in ${region}`);
const count = ({ effects }: DrillResult, wanted: string) => effects.filter(({ what }) => what === wanted).length;

describe('region-failover with functions as child processes', () => {
  it('fails over with every invariant held, and does the same in the same order', async () => {
    const { cloud, configuration } = await production();
    const inProcess = (await drillRegionFailover('dark-primary', SEED)).result;
    const { result, processes } = await runRegionFailoverInProcesses(cloud, configuration, 'dark-primary', SEED, {
      speed: SPEED,
    });
    expect(result.outcome).toBe('failed-over');
    expect(result.invariants.violated).toEqual([]);
    expect(result.invariants.checked).toEqual(inProcess.invariants.checked);
    expect(deeds(result)).toEqual(deeds(inProcess));
    for (const each of [result, inProcess]) expect([1, 2]).toContain(count(each, 'start'));
    expect(count(result, 'alarm mail')).toBe(count(inProcess, 'alarm mail'));
    // Each of the machine's functions and each observer has one of its own.
    expect(processes).toBeGreaterThanOrEqual(15);
  }, 240_000);
});
