/** Scenarios of what only the sweep finds out. Read by scenarios.ts. */
import type { Scenario } from './scenario.ts';

const TAKES_IT = { acknowledgesMs: [60_000, 120_000] } as const;
const NOBODY = { acknowledgesMs: null } as const;
const P0 = { severity: 'P0', team: 'orders', service: 'orders' };

const alarm = { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 } as const;
const page = { says: 'pagerduty outage trigger', about: 'orders-outage' } as const;

export const sweepScenarios: Readonly<Record<string, Scenario>> = {
  'page-forgotten': {
    says: 'PagerDuty says 202 and forgets: besides the second channel, the sweep asks it and sends the page again',
    onCall: TAKES_IT,
    acts: [
      {
        at: 5,
        do: 'world',
        event: { do: 'trouble', id: 'forgets', provider: 'pagerduty', trouble: { kind: 'forgets' } },
      },
      alarm,
      { at: 100, do: 'world', event: { do: 'endTrouble', id: 'forgets' } },
    ],
    wants: [
      { ...page, from: 10, to: 16 },
      { says: 'phones', about: 'orders-outage', from: 40, to: 70 },
      { says: 'phones', about: 'orders-outage', from: 300, to: 325 },
      { ...page, from: 130, to: 440 },
    ],
    seconds: 500,
  },
  'page-closed-by-hand': {
    says: 'somebody closes a page in PagerDuty that still fires: the sweep has it opened again',
    onCall: NOBODY,
    pagesMax: 2,
    acts: [alarm, { at: 60, do: 'world', event: { do: 'closePages' } }],
    wants: [
      { ...page, from: 10, to: 16 },
      { ...page, from: 130, to: 440 },
      { says: 'phones', about: 'orders-outage', from: 310, to: 325 },
    ],
    seconds: 500,
  },
  'alarm-vanished': {
    says: 'an alarm is deleted and the event of that is lost: the sweep misses it, and its page ends',
    onCall: TAKES_IT,
    acts: [
      alarm,
      { at: 200, do: 'fault', fault: { kind: 'event-lost', source: 'aws.cloudwatch', times: 1 } },
      { at: 201, do: 'delete-alarm', name: 'orders-outage' },
    ],
    wants: [
      { ...page, from: 10, to: 16 },
      { says: 'pagerduty outage resolve', about: '', from: 260, to: 580 },
    ],
    seconds: 1200,
  },
};
