/** What the sweep ends again at the provider, whole; what it opens again is in the scenarios. */
import { expect, it } from 'vitest';
import { play } from '../../console/drills/alert-routing/play.ts';
import { scenarios } from '../../console/drills/alert-routing/scenarios.ts';
import { SECRETS } from '../../console/drills/alert-routing/scene.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { providersState } from '../../simulator/world/index.ts';
import { scene, sceneWithout } from './scene.ts';

const { acts, ...rest } = scenarios.outage!;
/** Over at 660; somebody opens it again by hand in PagerDuty. */
const scenario = {
  ...rest,
  acts: [...acts, { at: 760, do: 'world', event: { do: 'reopenPage' } } as const],
  seconds: 1400,
};

/** How they stand; the heartbeat's incident, which is open for ever, is none. */
const pagesIn = (cloud: Cloud): string[] =>
  providersState(cloud)
    .pagerduty.incidents.filter(({ routingKey }) => routingKey !== SECRETS['pagerduty-heartbeat'])
    .map(({ status }) => status);

it('a page that somebody opens again in PagerDuty though it is over is ended again', async () => {
  const { cloud } = await play(await scene(), scenario, 1);
  expect(pagesIn(cloud)).toEqual(['resolved']);
});

it('which is seen to break without that look', async () => {
  const removal = { source: 'functions/alert-routing/sweep-pages.ts', functions: ['sweep'] };
  const from = 'for (const incident of there.keys) {';
  const without = await sceneWithout({ ...removal, from, to: `for (const incident of [...there.keys].slice(0, 0)) {` });
  const { cloud } = await play(without, scenario, 1);
  expect(pagesIn(cloud)).toEqual(['triggered']);
});

it('an alarm that vanished leaves its page open where nobody compares what is listed with what is open', async () => {
  const removal = { source: 'functions/alert-routing/sources/listing.ts', functions: ['sweep'] };
  const without = await sceneWithout({ ...removal, from: 'alerts.filter(isGone)', to: 'alerts.filter(() => !isGone)' });
  const { faults } = await play(without, scenarios['alarm-vanished']!, 1);
  expect(faults.join('\n')).toMatch(/wanted 1 'pagerduty outage resolve'/);
});
