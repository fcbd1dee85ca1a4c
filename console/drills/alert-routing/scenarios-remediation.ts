/** Scenarios of what Mainstay does by itself, and of what holds it. Read by scenarios.ts. */
import type { Act, Scenario, Want } from './scenario.ts';

const TAKES_IT = { acknowledgesMs: [60_000, 120_000] } as const;
const P0 = { severity: 'P0', team: 'orders', service: 'orders' };

const FAILING = 'orders-prod-region-failing-us-east-2';
const OUTAGE = 'orders-outage';

/** The two signals: the observers' alarm, and users who notice. */
const both = (at: number, state: 'ALARM' | 'OK'): (Act & { readonly at: number })[] => [
  { at, do: 'alarm', name: FAILING, state },
  { at: at + 30, do: 'alarm', name: OUTAGE, state, tags: P0 },
];

const page = (about: string, at: number): Want => ({ says: 'pagerduty outage trigger', about, from: at, to: at + 6 });

/** At the first message's next turn, a minute after it. */
const said = (about: string, pagedAt: number, details: string): Want => ({
  says: 'pagerduty outage trigger',
  about,
  details,
  from: pagedAt + 36,
  to: pagedAt + 90,
});
const pagedAndSaid = (at: number, details: string): Want[] => [
  page(FAILING, at),
  page(OUTAGE, at + 30),
  said(FAILING, at, details),
  said(OUTAGE, at + 30, details),
];
const asked = (at: number): Want => ({
  says: 'bus us-west-2',
  about: 'Region failover requested',
  from: at,
  to: at + 20,
});

export const remediationScenarios: Readonly<Record<string, Scenario>> = {
  'remediation-starts': {
    says: 'two independent signals, each message of a queue twice: the move is asked for once, and the pages say so',
    onCall: TAKES_IT,
    acts: [
      { at: 1, do: 'fault', fault: { kind: 'event-duplicate', channel: 'queue', againMs: 3_000 } },
      ...both(10, 'ALARM'),
    ],
    wants: [...pagedAndSaid(10, 'asked for the move from us-east-2 to us-west-2'), asked(44)],
    seconds: 400,
  },
  'remediation-one-signal': {
    says: 'one signal alone is paged, and nothing is done about it',
    onCall: TAKES_IT,
    acts: [{ at: 10, do: 'alarm', name: FAILING, state: 'ALARM' }],
    wants: [page(FAILING, 10)],
    seconds: 400,
  },
  'remediation-switched-off': {
    says: 'both signals while automation is switched off: nothing is done, and the pages say why',
    onCall: TAKES_IT,
    acts: [{ at: 5, do: 'automation', value: 'off' }, ...both(10, 'ALARM')],
    wants: pagedAndSaid(10, 'leave-a-failing-region is held: automation is switched off'),
    seconds: 400,
  },
  'remediation-cooldown': {
    says: 'both signals again ten minutes after a move was asked for: it is held, and the pages say why',
    onCall: TAKES_IT,
    acts: [...both(10, 'ALARM'), ...both(200, 'OK'), ...both(600, 'ALARM')],
    wants: [
      ...pagedAndSaid(10, 'asked for the move'),
      asked(44),
      { says: 'pagerduty outage resolve', about: '', from: 260, to: 310, times: 2 },
      ...pagedAndSaid(600, 'leave-a-failing-region is held: it ran'),
    ],
    seconds: 800,
  },
  'rollback-unknown': {
    says: 'errors and an issue in Sentry, but what serves cannot be read: nothing is taken back, and the page says why',
    onCall: TAKES_IT,
    acts: [
      { at: 10, do: 'alarm', name: 'orders-5xx', state: 'ALARM', tags: { ...P0, severity: 'P1' } },
      { at: 20, do: 'sentry', title: 'TypeError in checkout' },
    ],
    wants: [
      { says: 'pagerduty standard trigger', about: 'orders-5xx', details: 'could not be read', from: 40, to: 50 },
      { says: 'slack operations post', about: 'Sentry orders', from: 80, to: 100 },
    ],
    seconds: 300,
  },
};
