/** The scenarios of alert routing: exact timelines, where any notification that is not named fails. */
import type { Scenario, Want } from './scenario.ts';
import { escalationScenarios } from './scenarios-escalation.ts';
import { CHECKOUT, regionScenarios, silent } from './scenarios-regions.ts';
import { remediationScenarios } from './scenarios-remediation.ts';
import { sweepScenarios } from './scenarios-sweep.ts';

const TAKES_IT = { acknowledgesMs: [60_000, 120_000] } as const;
const NOBODY = { acknowledgesMs: null } as const;

const P0 = { severity: 'P0', team: 'orders', service: 'orders' };
const P1 = { severity: 'P1', team: 'orders', service: 'orders' };

const stormOf = (kind: number, n: number, severity: string) => ({
  alertname: `Storm${kind}`,
  instance: `host-${n}`,
  severity,
  team: 'orders',
  service: 'orders',
  region: 'us-west-2',
});

/** The page of an outage, at once. EventBridge alone may take two seconds, a cold start one more. */
const page = (about: string, at: number): Want => ({ says: 'pagerduty outage trigger', about, from: at, to: at + 6 });

/** The end: quiet for a minute, then said. */
const end = (about: string, at: number): Want => ({
  says: 'pagerduty outage resolve',
  about,
  from: at + 60,
  to: at + 70,
});

export const scenarios: Readonly<Record<string, Scenario>> = {
  ...regionScenarios,
  ...escalationScenarios,
  ...remediationScenarios,
  ...sweepScenarios,
  outage: {
    says: 'a P0 alarm fires; PagerDuty calls somebody who takes it, so nobody else is told; its end is told once',
    onCall: TAKES_IT,
    acts: [
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 600, do: 'alarm', name: 'orders-outage', state: 'OK' },
    ],
    wants: [page('orders-outage', 10), end('', 600)],
    seconds: 1300,
  },
  'nobody-answers': {
    says: 'nobody takes a P0: the phones after five minutes, the managers ten later, and they again each ten',
    onCall: NOBODY,
    acts: [{ at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 }],
    wants: [
      page('orders-outage', 10),
      { says: 'phones', about: 'orders-outage', from: 310, to: 325 },
      { says: 'pagerduty managers trigger', about: 'orders-outage', from: 910, to: 930 },
    ],
    seconds: 1400,
  },
  'pager-down': {
    says: 'PagerDuty refuses everything for four minutes: the second channel within a minute, the page itself afterwards',
    onCall: TAKES_IT,
    acts: [
      {
        at: 5,
        do: 'world',
        event: { do: 'trouble', id: 'down', provider: 'pagerduty', trouble: { kind: 'outage', status: 502 } },
      },
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 250, do: 'world', event: { do: 'endTrouble', id: 'down' } },
    ],
    wants: [
      { says: 'phones', about: 'orders-outage', from: 10, to: 70 },
      { says: 'monitor us-west-2/pagerduty', about: 'silence', from: 180, to: 250 },
      { says: 'monitor us-east-2/pagerduty', about: 'silence', from: 180, to: 250 },
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 250, to: 315 },
      // Whoever PagerDuty calls at last has not taken it yet when the first step of the escalation is due.
      { says: 'phones', about: 'orders-outage', from: 305, to: 325 },
    ],
    seconds: 500,
  },
  'pager-forgets': {
    says: 'PagerDuty says 202 and forgets: no webhook shows the page, so the second channel is told within a minute',
    onCall: NOBODY,
    acts: [
      {
        at: 5,
        do: 'world',
        event: { do: 'trouble', id: 'forgets', provider: 'pagerduty', trouble: { kind: 'forgets' } },
      },
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
    ],
    wants: [page('orders-outage', 10), { says: 'phones', about: 'orders-outage', from: 40, to: 70 }],
    seconds: 290,
  },
  flapping: {
    says: 'an alarm goes back and forth ten times: one incident, and one end once it is quiet',
    onCall: TAKES_IT,
    acts: Array.from({ length: 20 }, (_, i) => ({
      at: 10 + i * 40,
      do: 'alarm' as const,
      name: 'orders-latency',
      state: i % 2 === 0 ? ('ALARM' as const) : ('OK' as const),
      tags: P1,
    })),
    wants: [
      { says: 'pagerduty standard trigger', about: 'orders-latency', from: 40, to: 50 },
      { says: 'pagerduty standard resolve', about: '', from: 770 + 900, to: 770 + 915 },
    ],
    seconds: 2400,
  },
  storm: {
    says: '2,000 alerts of 20 kinds in a minute: 20 pages, each with its exact count, and no more',
    onCall: TAKES_IT,
    acts: Array.from({ length: 20 }, (_, kind) => ({
      at: 10 + kind,
      do: 'alertmanager' as const,
      alerts: Array.from({ length: 100 }, (_, n) => stormOf(kind, n, 'critical')),
    })),
    wants: [{ says: 'pagerduty standard trigger', about: 'Storm', from: 40, to: 90, times: 20 }],
    seconds: 300,
  },
  'region-lost': {
    says: 'the first region goes dark; the second pages alone, and the monitor notices the missing heartbeat',
    onCall: TAKES_IT,
    acts: [
      { at: 5, do: 'dark', where: 'first' },
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0, where: 'second' },
    ],
    wants: [page('orders-outage', 10), ...silent('us-west-2', 60, 260)],
    seconds: 600,
  },
  unruly: {
    says: 'events come twice, late and out of order: one page and one end all the same',
    onCall: TAKES_IT,
    acts: [
      { at: 1, do: 'fault', fault: { kind: 'event-duplicate', source: 'aws.cloudwatch', againMs: 20_000 } },
      { at: 1, do: 'fault', fault: { kind: 'event-late', source: 'aws.cloudwatch', minMs: 0, maxMs: 30_000 } },
      { at: 1, do: 'fault', fault: { kind: 'event-duplicate', channel: 'queue', againMs: 3_000 } },
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 30, do: 'alarm', name: 'orders-outage', state: 'OK' },
      { at: 40, do: 'alarm', name: 'orders-outage', state: 'ALARM' },
      { at: 600, do: 'alarm', name: 'orders-outage', state: 'OK' },
    ],
    wants: [
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 10, to: 75 },
      { says: 'pagerduty outage resolve', about: '', from: 660, to: 710 },
    ],
    seconds: 1300,
  },
  'store-away': {
    says: 'the store does not answer for five minutes: the page goes out all the same, and stays one incident',
    onCall: TAKES_IT,
    acts: [
      {
        at: 5,
        do: 'fault',
        fault: { kind: 'endpoint', id: 'away', service: 'dynamodb', region: 'us-west-2' },
      },
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 300, do: 'world', event: { do: 'endFault', id: 'away' } },
    ],
    wants: [
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 10, to: 90, times: 2 },
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 300, to: 420 },
      // A P0 of this minute still gets out by its first channel: that one's heartbeat goes on.
      ...silent('us-west-2', 60, 300).filter(({ says }) => !says.endsWith('/pagerduty')),
      { says: 'last-resort', about: 'intake-age', from: 120, to: 400 },
      { says: 'slack operations post', about: 'intake-age', from: 300, to: 480 },
    ],
    seconds: 500,
  },
  silence: {
    says: 'somebody silences a page by its link; its coming end is announced, and then it is told again',
    onCall: NOBODY,
    acts: [
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 120, do: 'follow-link', act: 'silence' },
    ],
    wants: [
      page('orders-outage', 10),
      { says: 'email', about: 'orders-outage', from: 120, to: 340 },
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 3715, to: 3740 },
      // PagerDuty has the incident already and shows no new one: unconfirmed, so the second way is taken too.
      { says: 'phones', about: 'orders-outage', from: 3750, to: 3800 },
    ],
    seconds: 4000,
  },
  acknowledge: {
    says: 'somebody acknowledges by the link of a page: nobody else is told while that holds',
    onCall: NOBODY,
    acts: [
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 120, do: 'follow-link', act: 'acknowledge' },
    ],
    wants: [page('orders-outage', 10)],
    seconds: 1500,
  },
  deleted: {
    says: 'an alarm is deleted while it fires: no OK ever comes, and its page ends all the same',
    onCall: TAKES_IT,
    acts: [
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 300, do: 'delete-alarm', name: 'orders-outage' },
    ],
    wants: [page('orders-outage', 10), end('', 300)],
    seconds: 1000,
  },
  'lost-event': {
    says: 'the event of an alarm is lost: the sweep finds it within five minutes and a half',
    onCall: TAKES_IT,
    acts: [
      { at: 5, do: 'fault', fault: { kind: 'event-lost', source: 'aws.cloudwatch', times: 1 } },
      { at: 10, do: 'alarm', name: 'orders-prod-region-failing-us-east-2', state: 'ALARM', tags: P0 },
    ],
    wants: [{ says: 'pagerduty outage trigger', about: 'region-failing', from: 60, to: 440 }],
    seconds: 500,
  },
  'lost-end': {
    says: 'the event that an alarm is well again is lost: the sweep finds it, and its page ends',
    onCall: TAKES_IT,
    acts: [
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 60, do: 'fault', fault: { kind: 'event-lost', source: 'aws.cloudwatch', times: 1 } },
      { at: 300, do: 'alarm', name: 'orders-outage', state: 'OK' },
    ],
    wants: [
      page('orders-outage', 10),
      { says: 'pagerduty outage resolve', about: '', from: 360, to: 740 },
      // As far as is known it fires on; it was acknowledged, so nobody else is asked.
    ],
    seconds: 1100,
  },
  rise: {
    says: 'a P1 becomes a P0 and falls again: the rise pages at once another service, the fall nobody',
    onCall: TAKES_IT,
    acts: [
      { at: 10, do: 'alertmanager', alerts: [{ ...CHECKOUT, severity: 'critical' }] },
      { at: 200, do: 'alertmanager', alerts: [{ ...CHECKOUT, severity: 'outage' }] },
      { at: 400, do: 'alertmanager', alerts: [{ ...CHECKOUT, severity: 'outage' }], resolved: true },
      { at: 500, do: 'alertmanager', alerts: [{ ...CHECKOUT, severity: 'critical' }] },
      { at: 700, do: 'alertmanager', alerts: [{ ...CHECKOUT, severity: 'critical' }], resolved: true },
    ],
    wants: [
      { says: 'pagerduty standard trigger', about: 'Checkout', from: 40, to: 46 },
      { says: 'pagerduty outage trigger', about: 'Checkout', from: 200, to: 206 },
      { says: 'pagerduty standard trigger', about: 'Checkout', from: 200, to: 206 },
      // Said again, and fewer than before: PagerDuty has the incident, and calls nobody for it.
      { says: 'pagerduty outage trigger', about: 'Checkout', from: 500, to: 506 },
      { says: 'pagerduty standard trigger', about: 'Checkout', from: 500, to: 506 },
      { says: 'pagerduty outage resolve', about: '', from: 760, to: 775 },
      { says: 'pagerduty standard resolve', about: '', from: 760, to: 775 },
    ],
    seconds: 1400,
  },
  'storm-and-outage': {
    says: 'a P0 in the middle of a storm of P1s: it is told as fast as alone',
    onCall: TAKES_IT,
    acts: [
      ...Array.from({ length: 30 }, (_, kind) => ({
        at: 10 + kind,
        do: 'alertmanager' as const,
        alerts: Array.from({ length: 20 }, (_, n) => stormOf(kind, n, 'critical')),
      })),
      { at: 42, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
    ],
    wants: [
      page('orders-outage', 42),
      { says: 'pagerduty standard trigger', about: 'Storm', from: 40, to: 100, times: 30 },
    ],
    seconds: 250,
  },
  'many-kinds': {
    says: '40 kinds of P2 in one moment: Slack gets as many as it takes, and the rest in digests that count them all',
    onCall: NOBODY,
    acts: [
      { at: 10, do: 'alertmanager', alerts: Array.from({ length: 40 }, (_, kind) => stormOf(kind, 0, 'warning')) },
    ],
    wants: [
      { says: 'slack operations post', about: 'Storm', from: 70, to: 80 },
      { says: 'slack operations post', about: '39 messages in one: 39 P2 open', from: 70, to: 80 },
    ],
    seconds: 400,
  },
  inhibited: {
    says: 'an outage explains a symptom: only the outage is told; the symptom outlasts it, and is told then',
    onCall: TAKES_IT,
    acts: [
      { at: 5, do: 'alarm', name: 'orders-latency', state: 'ALARM', tags: { ...P1, symptom: 'yes' } },
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P1 },
      { at: 15, do: 'alarm', name: 'orders-pool', state: 'ALARM', tags: { ...P0, symptom: 'yes' } },
      { at: 400, do: 'alarm', name: 'orders-outage', state: 'OK' },
      { at: 400, do: 'alarm', name: 'orders-pool', state: 'OK' },
    ],
    wants: [
      { says: 'pagerduty standard trigger', about: 'orders-outage', from: 40, to: 46 },
      // Graver than what would explain it.
      page('orders-pool', 15),
      { says: 'pagerduty standard trigger', about: 'orders-latency', from: 400, to: 440 },
      end('', 400),
      { says: 'pagerduty standard resolve', about: '', from: 460, to: 470 },
    ],
    seconds: 700,
  },
  unreadable: {
    says: 'somebody posts what no reader knows, with a secret in it: its owner hears of it, the secret goes nowhere',
    onCall: NOBODY,
    acts: [{ at: 10, do: 'unreadable' }],
    // A minute for others to join it, and ten seconds when it is the other region's turn to speak.
    wants: [{ says: 'slack operations post', about: 'unreadable', from: 70, to: 90 }],
    seconds: 300,
  },
  'dst-night': {
    says: 'the morning after the clocks changed, a P2 waits for nine o’clock as the office now counts it',
    onCall: NOBODY,
    // Monday, 15 March 2027: 15:30 in UTC is 8:30 in Los Angeles since the day before; until then it was 7:30.
    startAt: Date.UTC(2027, 2, 15, 15, 26),
    acts: [
      {
        at: 10,
        do: 'alarm',
        name: 'orders-cpu',
        state: 'ALARM',
        tags: { severity: 'P2', team: 'orders', service: 'orders' },
      },
    ],
    wants: [{ says: 'slack operations post', about: 'orders-cpu', from: 1700, to: 1900 }],
    seconds: 2100,
  },
  'dead-letters': {
    says: 'the intake dies of everything: the alarm on the dead letters tells people by a way without the router',
    onCall: TAKES_IT,
    acts: [
      {
        at: 5,
        do: 'fault',
        fault: { kind: 'function-crash', function: 'alert-routing/intake', moment: 'start', region: 'us-west-2' },
      },
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
    ],
    wants: [
      ...silent('us-west-2', 60, 310),
      { says: 'last-resort', about: 'intake-age', from: 120, to: 400 },
      // The sweep does not need the intake.
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 60, to: 310 },
      // PagerDuty's own news cannot be taken in either: as far as is known nobody was called, nobody takes it.
      { says: 'phones', about: 'orders-outage', from: 100, to: 370 },
      { says: 'phones', about: 'orders-outage', from: 360, to: 640 },
      { says: 'slack operations post', about: 'intake-age', from: 120, to: 660 },
      { says: 'last-resort', about: 'dead-letters', from: 600, to: 1000 },
      { says: 'phones', about: 'dead-letters', from: 600, to: 1000 },
      // As far as is known, nobody takes the first page either.
      { says: 'pagerduty managers trigger', about: 'orders-outage', from: 960, to: 1240 },
      // Somebody was called for them already: what the sweep finds is only noted.
      { says: 'slack operations post', about: 'dead-letters', from: 660, to: 1380 },
    ],
    seconds: 1400,
  },
  budget: {
    says: 'a budget alert is plain text and outside of all JSON: it is mailed on the next business day, not lost',
    onCall: NOBODY,
    acts: [
      {
        at: 10,
        do: 'budget',
        text: 'AWS Budget Notification January 12, 2027\nBudget Name: monthly\nAlert Threshold: > 80 USD',
      },
    ],
    wants: [],
    seconds: 600,
  },
};
