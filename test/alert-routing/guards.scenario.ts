/** Each guard of alert routing is taken away, nothing else is changed, and the run must be objected to for what it prevents. */
import { describe, expect, it } from 'vitest';
import { play } from '../../console/drills/alert-routing/play.ts';
import { scenarios } from '../../console/drills/alert-routing/scenarios.ts';
import { inSuite } from '../every-drill.ts';
import { type Removal, sceneWithout } from './scene.ts';

interface Guard extends Removal {
  readonly without: string;
  readonly scenario: keyof typeof scenarios & string;
  readonly saying: RegExp;
  /** So many of the scenario's acts are enough. */
  readonly acts?: number;
}

const slug = 'functions/alert-routing';
/** All that decide. */
const DECIDING = ['intake', 'dispatch', 'escalate', 'follow', 'sweep', 'acknowledge'];
/** The routing configuration as the functions read it. */
const configured = (change: string) => ({
  source: `${slug}/config.ts`,
  functions: DECIDING,
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
    saying: /alert-routing\/1 .* nobody was told[\s\S]*alert-routing\/16 /,
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
    // The sweep misses the alarm, but later.
    saying: /wanted 1 'pagerduty outage resolve'/,
  },
  {
    without: 'acknowledgements of the provider',
    scenario: 'outage',
    source: `${slug}/news.ts`,
    functions: ['intake'],
    from: "if (mainstayNews === 'shown' || !shown.incident) return shown;",
    to: 'if (shown) return shown;',
    saying: /alert-routing\/9 .* was taken/,
  },
  {
    without: 'a longer quiet time for what flaps',
    scenario: 'flapping',
    ...configured('routing.flap.quietSeconds = 0; for (const route of routing.routes) route.quietSeconds = 0'),
    saying: /alert-routing\/2 [\s\S]*alert-routing\/8 /,
  },
  {
    without: 'waiting for the last of a group to be over',
    scenario: 'rise',
    source: `${slug}/episode.ts`,
    functions: DECIDING,
    from: '(a === null || b === null ? null : Math.max(a, b))',
    to: '(a === null || b === null ? (a ?? b) : Math.max(a, b))',
    saying: /alert-routing\/4 .* fires, and its end was told/,
  },
  {
    without: 'looking again at what is silenced',
    scenario: 'silence',
    source: `${slug}/decide.ts`,
    functions: DECIDING,
    from: 'function recheck({ now, members, recheckMs }: Facts, course: Course): void {',
    to: 'function recheck({ now, members, recheckMs }: Facts, course: Course): void { if (now > 0) return;',
    saying: /alert-routing\/5 the silence of orders-outage ended, and nobody was told/,
  },
  {
    without: 'a P0 that waits for nothing',
    scenario: 'outage',
    ...configured('routing.policies.P0.waitSeconds = 60'),
    saying: /alert-routing\/6 orders-outage was P0 at 10 s and paged nobody at once/,
  },
  {
    without: 'the rate of a channel',
    scenario: 'many-kinds',
    source: `${slug}/rate.ts`,
    functions: ['dispatch'],
    from: "const room = allowance(left, limits, 'P1');",
    to: 'const room = others.length;',
    saying: /alert-routing\/7 slack refused a message/,
  },
  {
    without: 'the count in a digest',
    scenario: 'many-kinds',
    source: `${slug}/outbox.ts`,
    functions: ['dispatch'],
    from: 'counts.set(name, (counts.get(name) ?? 0) + 1);',
    to: 'counts.set(name, 1);',
    saying: /alert-routing\/7 digests count 1 alerts, and 39 /,
  },
  {
    without: 'the escalation',
    scenario: 'nobody-answers',
    ...configured('routing.policies.P0.escalation = null'),
    saying: /alert-routing\/9 nobody took orders-outage and nobody else was asked at 310 s/,
  },
  {
    without: 'an owner of what nobody can read',
    scenario: 'unreadable',
    source: `${slug}/read.ts`,
    functions: ['intake'],
    from: "return { kind: 'unknown', signals: [one], problem: one.summary };",
    to: "return { kind: 'unknown', signals: [], problem: one.summary };",
    saying: /alert-routing\/11 /,
  },
  {
    without: 'hiding what is secret',
    scenario: 'unreadable',
    source: `${slug}/read.ts`,
    functions: ['intake'],
    from: 'const raw = redacted(value, RAW_MAX);',
    to: 'const raw = JSON.stringify(value);',
    saying: /alert-routing\/17 a secret that a sender wrote is in the store/,
  },
  {
    without: 'inhibition',
    scenario: 'inhibited',
    source: `${slug}/suppression.ts`,
    functions: ['dispatch'],
    from: 'if (inhibition) return inhibition;',
    to: 'if (inhibition && now < 0) return inhibition;',
    saying: /alert-routing\/12 orders-outage explains orders-latency, and pagerduty standard trigger came/,
  },
  {
    without: 'the gravity of what explains',
    scenario: 'inhibited',
    source: `${slug}/suppression.ts`,
    functions: ['dispatch'],
    from: 'compareSeverity(source.severity, target.severity) <= 0 &&',
    to: 'compareSeverity(source.severity, target.severity) <= 9 &&',
    saying: /alert-routing\/12 orders-pool is P0, and was explained away/,
  },
  {
    without: 'the zone of the office',
    scenario: 'dst-night',
    ...configured("routing.calendars.office.zone = 'Etc/GMT+8'"),
    saying: /alert-routing\/13 /,
  },
  {
    without: 'taking turns',
    scenario: 'both-regions',
    source: `${slug}/sharing.ts`,
    functions: ['dispatch'],
    from: 'knowsKeys(config)) return all;',
    to: 'items.length > 0) return all;',
    saying: /alert-routing\/15 slack operations post came twice about Slow/,
  },
  {
    without: 'telling the other region who takes it',
    scenario: 'both-regions-acknowledged',
    source: `${slug}/shared-store.ts`,
    functions: DECIDING,
    from: 'if (!incident) return snapshot;',
    to: 'if (snapshot) return snapshot;',
    saying: /alert-routing\/9 Checkout was taken at 120 s, and phones came/,
  },
  {
    without: 'a line for each decision',
    scenario: 'outage',
    source: `${slug}/record.ts`,
    functions: DECIDING,
    from: "log.info('decided', {",
    to: 'void (log && {',
    saying: /alert-routing\/18 pagerduty outage trigger .* came, and no line says why/,
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
    saying: /alert-routing\/14 us-west-2 works, and no heartbeat came/,
  },
  {
    without: 'the heartbeat’s way through its channel',
    scenario: 'pager-down',
    source: `${slug}/channels.ts`,
    functions: ['intake', 'dispatch'],
    from: 'const isCarried = !delivery ||',
    to: 'const isCarried = !delivery || true ||',
    saying: /wanted 1 'monitor us-west-2\/pagerduty'/,
  },
  {
    without: 'believing the region for which it fires',
    scenario: 'both-regions-disagree',
    source: `${slug}/agreement.ts`,
    functions: ['sweep'],
    from: "if (as === 'reopened') return null;",
    to: 'if (as) return null;',
    saying: /alert-routing\/4 pagerduty outage resolve .* came \d times/,
  },
];

/** One for each function and each kind of decision; the others with MAINSTAY_EVERY_DRILL=1. */
const SAMPLE = [
  'one key for all messages of an episode',
  'the sweep',
  'telling people while the store is away',
  'acknowledgements of the provider',
  'the escalation',
  'an owner of what nobody can read',
  'the heartbeat’s way through its channel',
  'believing the region for which it fires',
];

const asked = inSuite(
  guards.map((guard) => [guard.without, guard] as const),
  SAMPLE,
);

describe('without its guard', () => {
  it.each(asked.map(([, guard]) => guard))(
    '$scenario is objected to: without $without',
    async ({ scenario: name, saying, acts, ...removal }) => {
      const scenario = scenarios[name]!;
      const part = { ...scenario, acts: scenario.acts.slice(0, acts) };
      const { faults, broken } = await play(await sceneWithout(removal, scenario.startAt), part, 1);
      const objections = [...faults, ...broken.map(({ invariant, sentence }) => `${invariant} ${sentence}`)];
      expect(objections.join('\n')).toMatch(saying);
    },
  );
});
