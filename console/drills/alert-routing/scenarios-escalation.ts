/** Scenarios of an escalation and the machine that follows it. Read by scenarios.ts. */
import type { Scenario } from './scenario.ts';

const P0 = { severity: 'P0', team: 'orders', service: 'orders' };
const NOBODY = { acknowledgesMs: null } as const;

export const escalationScenarios: Readonly<Record<string, Scenario>> = {
  exhausted: {
    says: 'nobody takes a P0 at all: when all steps are over the default owner is told too, and everybody again',
    onCall: NOBODY,
    acts: [{ at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 }],
    wants: [
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 10, to: 16 },
      { says: 'phones', about: 'orders-outage', from: 310, to: 325 },
      { says: 'pagerduty managers trigger', about: 'orders-outage', from: 910, to: 930 },
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 1510, to: 1530 },
      { says: 'phones', about: 'orders-outage', from: 1510, to: 1530 },
      { says: 'pagerduty managers trigger', about: 'orders-outage', from: 1510, to: 1530 },
      { says: 'email', about: 'orders-outage', from: 1510, to: 1530 },
    ],
    seconds: 1700,
  },
  'escalation-aborted': {
    says: 'somebody stops the machine of an escalation: people hear of that, its successor goes on, no step is missed',
    onCall: NOBODY,
    acts: [
      { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
      { at: 120, do: 'stop-escalations' },
    ],
    wants: [
      { says: 'pagerduty outage trigger', about: 'orders-outage', from: 10, to: 16 },
      { says: 'last-resort', about: 'alert-escalation-aborted', from: 120, to: 300 },
      { says: 'slack operations post', about: 'execution of', from: 180, to: 260 },
      { says: 'slack operations post', about: 'P2: orders-prod-alert-escalation-aborted', from: 180, to: 360 },
      { says: 'slack operations update', about: 'resolved: orders-prod-alert-escalation-aborted', from: 300, to: 540 },
      { says: 'phones', about: 'orders-outage', from: 310, to: 325 },
    ],
    seconds: 700,
  },
};
