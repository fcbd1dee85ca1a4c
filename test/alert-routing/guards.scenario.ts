/** Each guard of alert routing is taken away, nothing else is changed, and the run must be objected to for what it prevents. */
import { describe, expect, it } from 'vitest';
import { play } from '../../console/drills/alert-routing/play.ts';
import { scenarios } from '../../console/drills/alert-routing/scenarios.ts';
import { type Removal, sceneWithout } from './scene.ts';

interface Guard extends Removal {
  readonly without: string;
  readonly scenario: keyof typeof scenarios & string;
  readonly saying: RegExp;
  /** So many of the scenario's acts are enough. */
  readonly acts?: number;
}

const slug = 'functions/alert-routing';
/** The routing configuration as the functions read it. */
const configured = (change: string) => ({
  source: `${slug}/config.ts`,
  functions: ['intake', 'dispatch'],
  from: 'checkedRouting(JSON.parse(text))',
  to: `((routing) => { ${change}; return routing; })(checkedRouting(JSON.parse(text)))`,
});

const guards: readonly Guard[] = [
  {
    without: 'one key for all messages of an episode',
    scenario: 'outage',
    source: `${slug}/render/pagerduty.ts`,
    functions: ['dispatch'],
    from: 'dedup_key: cut(incident, KEY_MAX)',
    to: 'dedup_key: cut(intent.key, KEY_MAX)',
    saying: /alert-routing\/3 .* is over, its page is open/,
  },
  {
    without: 'the time that a provider has to show a page',
    scenario: 'pager-forgets',
    ...configured('routing.policies.P0.confirmSeconds = null'),
    saying: /alert-routing\/10 /,
  },
  {
    without: 'the sweep',
    scenario: 'lost-event',
    source: `${slug}/sweep.ts`,
    functions: ['sweep'],
    from: "if (!alert) return signal.state === 'firing';",
    to: 'if (!alert) return false;',
    saying: /alert-routing\/1 .* nobody was told/,
  },
  {
    without: 'telling people while the store is away',
    scenario: 'store-away',
    source: `${slug}/intake.ts`,
    functions: ['intake'],
    from: 'const TELLINGS_MAX = 2;',
    to: 'const TELLINGS_MAX = 0;',
    saying: /wanted 2 'pagerduty outage trigger'/,
  },
  {
    without: 'reading that an alarm was deleted',
    scenario: 'deleted',
    source: `${slug}/sources/cloudwatch.ts`,
    functions: ['intake'],
    from: "      state: 'resolved',\n      at: moment(time, now) + 999,",
    to: "      state: 'unknown',\n      at: moment(time, now) + 999,",
    saying: /alert-routing\/3 /,
  },
  {
    without: 'acknowledgements of the provider',
    scenario: 'outage',
    source: `${slug}/news.ts`,
    functions: ['intake'],
    from: "if (mainstayNews === 'shown' || !shown.incident) return shown;",
    to: 'if (shown) return shown;',
    saying: /not wanted: 'phones'/,
  },
  {
    without: 'a longer quiet time for what flaps',
    scenario: 'flapping',
    ...configured('routing.flap.quietSeconds = 0; for (const route of routing.routes) route.quietSeconds = 0'),
    saying: /not wanted: 'pagerduty standard trigger'/,
  },
  {
    without: 'grouping',
    scenario: 'storm',
    acts: 1,
    ...configured("for (const route of routing.routes) route.groupBy = ['...']"),
    saying: /not wanted: 'pagerduty standard trigger'/,
  },
  {
    without: 'the heartbeat',
    scenario: 'acknowledge',
    source: `${slug}/heartbeat.ts`,
    functions: ['heartbeat'],
    from: "await bus.put('Operations alert', {",
    to: 'if (!bus) await (bus as never as typeof bus).put("", {',
    saying: /not wanted: 'monitor us-west-2'/,
  },
];

describe('without its guard', () => {
  it.each(guards)(
    '$scenario is objected to: without $without',
    async ({ scenario: name, saying, acts, ...removal }) => {
      const scenario = scenarios[name]!;
      const part = { ...scenario, acts: scenario.acts.slice(0, acts) };
      const { faults, broken } = await play(await sceneWithout(removal), part, 1);
      const objections = [...faults, ...broken.map(({ invariant, sentence }) => `${invariant} ${sentence}`)];
      expect(objections.join('\n')).toMatch(saying);
    },
  );
});
