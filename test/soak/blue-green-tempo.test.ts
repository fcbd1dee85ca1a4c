/** How long releases take in a seed of the soak, and that all that befalls them keeps its place in them. */
import { describe, expect, it } from 'vitest';
import { withPolicy } from '../../console/drills/blue-green/policy.ts';
import { scenarioOf, scheduleFor } from '../../console/drills/blue-green/soak.ts';
import { PROFILES } from '../../console/drills/blue-green/soak-profiles.ts';
import { AS_DEPLOYED, atTempo, tempoOf } from '../../console/drills/blue-green/soak-tempo.ts';
import { checkConfiguration, loadConfiguration } from '../../infra/config/index.ts';

const configuration = loadConfiguration('prod');
const seeds = Array.from({ length: 800 }, (_, index) => index + 1);
const quick = seeds.filter((seed) => tempoOf(seed) !== AS_DEPLOYED);
/** The name of any scenario: beside one, releases take as long as it says. */
const BESIDE = 'good-release';

describe('the tempo of a seed', () => {
  it("is the same each time, and production's for one seed in eight or so", () => {
    for (const seed of seeds) expect(tempoOf(seed)).toEqual(tempoOf(seed));
    const share = 1 - quick.length / seeds.length;
    expect(share).toBeGreaterThan(0.09);
    expect(share).toBeLessThan(0.16);
  });

  it('makes a policy that could be deployed', () => {
    for (const seed of quick) {
      const deployed = withPolicy(configuration, tempoOf(seed).policy);
      expect(checkConfiguration(deployed)).toEqual(deployed);
      expect(deployed.release).not.toEqual(configuration.release);
    }
  });

  it('leaves the judge enough minutes and users to commit before its deadline', () => {
    for (const seed of quick) {
      const { policy, pace } = tempoOf(seed);
      // Up to a minute until a whole one begins, two of those, and three until the second is published.
      expect(policy.bakeSecondsMax).toBeGreaterThan(60 + 60 + 180);
      expect(2 * 60 * pace.bake).toBeGreaterThan(configuration.release.requestsMin);
      // The first step has a minute of warm-up before.
      expect(policy.stepSecondsMax).toBeGreaterThan(120 + 180);
      expect(60 * pace.fresh).toBeGreaterThan(20);
    }
  });

  it("meets production's number of steps in half of the quick seeds, and fewer in the others", () => {
    const counts = Map.groupBy(quick, (seed) => tempoOf(seed).policy.steps?.length);
    expect([...counts.keys()].toSorted()).toEqual([1, 2, 3]);
    expect((counts.get(3)?.length ?? 0) / quick.length).toBeGreaterThan(0.4);
  });

  it("is production's beside a scenario, which has a length of its own", () => {
    const [seed = 0] = quick;
    const alone = scheduleFor('hostile', seed, configuration);
    const policyOf = (beside?: Parameters<typeof scenarioOf>[2]) =>
      scenarioOf({ ...alone, entries: [] }, configuration, beside).policy;
    expect(policyOf()).toMatchObject(tempoOf(seed).policy);
    expect(policyOf({ title: 'any', expected: null, acts: [], seconds: 10, wants: [] })).toBeUndefined();
  });
});

describe('what befalls a quick release', () => {
  const kindsOf = (seed: number, beside?: string) =>
    scheduleFor('hostile', seed, configuration, beside)
      .entries.map(({ kind }) => kind)
      .toSorted();

  it("is what befalls one that takes production's time", () => {
    for (const seed of quick.slice(0, 200)) expect(kindsOf(seed)).toEqual(kindsOf(seed, BESIDE));
  });

  it('begins as far into it, and lasts as long a part of it where it spans one', () => {
    const { groups } = atTempo(PROFILES.hostile, { part: 0.5 });
    expect(PROFILES.hostile.groups[1].begin).toEqual([20, 1900]);
    expect(groups[1]?.begin).toEqual([10, 950]);
    expect(groups[2]?.kinds['no-metrics']?.lasts).toEqual([25, 600]);
  });

  it("lasts as long as AWS's troubles do where those are short", () => {
    const { groups } = atTempo(PROFILES.hostile, { part: 0.5 });
    expect(groups[2]?.kinds.throttle?.lasts).toEqual([20, 300]);
  });
});
