/** When Mainstay may act by itself: each guard by table, and that each is needed. */
import { describe, expect, it } from 'vitest';
import { absorb } from '../../functions/alert-routing/alert.ts';
import { alertKey } from '../../functions/alert-routing/keys.ts';
import {
  decideRemediation,
  outcomeOf,
  type RemediationFacts,
  remediationGuards,
} from '../../functions/alert-routing/remediation.ts';
import { tableOf } from '../../functions/alert-routing/table.ts';
import { HOUR, MINUTE, routing, START, signal } from './world.ts';

const table = tableOf(routing());
const alert = (change: Parameters<typeof signal>[0]) => {
  const one = signal(change);
  return absorb(null, one, { key: alertKey(one), now: START, place: table.place });
};
const failing = alert({ name: 'region-failing', resource: 'a' });
const outage = alert({ name: 'outage', resource: 'b', source: 'sentry' });

const facts = (change: Partial<RemediationFacts> = {}): RemediationFacts => ({
  now: START + MINUTE,
  remediation: {
    id: 'leave',
    action: 'region-failover',
    target: 'region-failover',
    when: [{ name: 'region-failing' }, { name: 'outage' }],
    withinSeconds: 600,
    cooldownSeconds: 3600,
    perDayMax: 2,
    approval: 'automatic',
  },
  alerts: [failing, outage],
  runs: [],
  automation: 'on',
  obstacle: null,
  ...change,
});
const ran = (startedAt: number, endedAt: number | null = startedAt + MINUTE, remediation = 'leave') => ({
  name: 'earlier',
  remediation,
  action: 'region-failover' as const,
  target: 'x',
  startedAt,
  endedAt,
  outcome: endedAt === null ? null : ('helped' as const),
  asked: true,
  says: 'asked',
  evidence: ['one', 'two'] as const,
});
const rule = (change: object) => ({ remediation: { ...facts().remediation, ...change } });

describe('a remediation', () => {
  it('starts on two independent signals, under a name that the two episodes make', () => {
    const verdict = decideRemediation(facts());
    expect(verdict).toMatchObject({ verdict: 'start', evidence: [failing, outage] });
    expect(decideRemediation(facts({ alerts: [outage, failing], now: START + 5 * MINUTE })).name).toBe(verdict.name);
    const later = alert({ name: 'outage', resource: 'b', source: 'sentry', at: START + MINUTE });
    expect(decideRemediation(facts({ alerts: [failing, later] })).name).not.toBe(verdict.name);
  });

  it.each<[string, string, Partial<RemediationFacts>]>([
    ['there is one signal', 'two-signals', { alerts: [failing] }],
    ['one alert matches both', 'two-signals', { ...rule({ when: [{}, {}] }), alerts: [failing] }],
    [
      'both are the same twice',
      'two-signals',
      { ...rule({ when: [{}, {}] }), alerts: [failing, alert({ name: 'region-failing', resource: 'c' })] },
    ],
    [
      'they began too far apart',
      'two-signals',
      { alerts: [failing, alert({ name: 'outage', resource: 'b', source: 'sentry', at: START - 11 * MINUTE })] },
    ],
    ['one is over', 'two-signals', { alerts: [failing, alert({ name: 'outage', resource: 'b', state: 'resolved' })] }],
    ['automation is off', 'kill-switch', { automation: 'off' }],
    ['nobody knows whether automation is on', 'kill-switch', { automation: null }],
    ['another one runs', 'single-flight', { runs: [ran(START, null, 'other')] }],
    ['what ran cannot be read', 'single-flight', { runs: null }],
    ['it ran lately', 'cooldown', { runs: [ran(START - 58 * MINUTE)] }],
    ['it cannot be done now', 'possible', { obstacle: 'nothing is kept to go back to' }],
    ['it ran often enough today', 'budget', { runs: [ran(START - 3 * HOUR), ran(START - 5 * HOUR)] }],
  ])('holds when %s', (_, guard, change) => {
    const { verdict, findings } = decideRemediation(facts(change));
    expect(verdict).toBe('hold');
    expect(findings.find(({ guard: id }) => id === guard)?.verdict).toBe('hold');
  });

  it('asks a person where that is asked for, unless something holds it', () => {
    expect(decideRemediation(facts(rule({ approval: 'person' }))).verdict).toBe('ask');
    expect(decideRemediation(facts({ ...rule({ approval: 'person' }), automation: 'off' })).verdict).toBe('hold');
  });

  it('needs each of its guards: what only one holds back would start without it', () => {
    const only: Record<string, Partial<RemediationFacts>> = {
      'two-signals': { alerts: [failing] },
      'kill-switch': { automation: 'off' },
      'single-flight': { runs: [ran(START, null, 'other')] },
      cooldown: { runs: [ran(START - 10 * MINUTE)] },
      budget: { runs: [ran(START - 3 * HOUR), ran(START - 5 * HOUR)] },
      possible: { obstacle: 'nothing is kept to go back to' },
      approval: rule({ approval: 'person' }),
    };
    for (const { id } of remediationGuards) {
      const { findings } = decideRemediation(facts(only[id]));
      expect(findings.filter(({ verdict }) => verdict !== 'pass').map(({ guard }) => guard)).toEqual([id]);
    }
  });

  it('has helped when its two alerts no longer both fire, and has not after its time', () => {
    const run = { ...ran(START, null), evidence: [failing.key, outage.key] as const };
    expect(outcomeOf(run, [failing, outage], START + 29 * MINUTE)).toBeNull();
    expect(outcomeOf(run, [failing, outage], START + 30 * MINUTE)).toBe('did not help');
    expect(outcomeOf(run, [failing], START + MINUTE)).toBe('helped');
  });
});
