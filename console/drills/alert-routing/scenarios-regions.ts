/** Scenarios of senders that tell both regions of the same. Read by scenarios.ts. */
import type { Scenario, Want } from './scenario.ts';
import { monitorsOf } from './scene.ts';

const NOBODY = { acknowledgesMs: null } as const;

/** As Alertmanager labels them. */
export const CHECKOUT = {
  alertname: 'Checkout',
  instance: 'a',
  team: 'orders',
  service: 'orders',
  region: 'us-west-2',
};
/** Monitors that hear nothing of a region any more: of its router, and of each of its channels. */
export const silent = (region: string, from: number, to: number): Want[] =>
  monitorsOf(region).map((name) => ({ says: `monitor ${name}`, about: 'silence', from, to }));

const SLOW = { ...CHECKOUT, alertname: 'Slow' };

export const regionScenarios: Readonly<Record<string, Scenario>> = {
  'both-regions': {
    says: 'Alertmanager tells both regions of everything: each person and each channel hears of it once all the same',
    onCall: NOBODY,
    acts: [
      { at: 10, do: 'alertmanager', where: 'both', alerts: [{ ...CHECKOUT, severity: 'outage' }] },
      { at: 20, do: 'alertmanager', where: 'both', alerts: [{ ...SLOW, severity: 'warning' }] },
      { at: 600, do: 'alertmanager', where: 'both', alerts: [{ ...CHECKOUT, severity: 'outage' }], resolved: true },
      { at: 600, do: 'alertmanager', where: 'both', alerts: [{ ...SLOW, severity: 'warning' }], resolved: true },
    ],
    wants: [
      // Each region tells PagerDuty, which makes one incident of it.
      { says: 'pagerduty outage trigger', about: 'Checkout', from: 10, to: 16, times: 2 },
      { says: 'phones', about: 'Checkout', from: 310, to: 325 },
      { says: 'slack operations post', about: 'Slow', from: 80, to: 90 },
      { says: 'pagerduty outage resolve', about: '', from: 660, to: 675, times: 2 },
      { says: 'phones', about: 'Checkout', from: 660, to: 675 },
      { says: 'slack operations update', about: 'Slow', from: 660, to: 675 },
    ],
    seconds: 900,
  },
  'both-regions-one-lost': {
    says: 'Alertmanager tells both regions, and the one whose turn it is goes dark before it speaks: the other does',
    onCall: NOBODY,
    acts: [
      { at: 20, do: 'alertmanager', where: 'both', alerts: [{ ...SLOW, severity: 'warning' }] },
      { at: 60, do: 'dark', where: 'first' },
      { at: 100, do: 'alertmanager', where: 'both', alerts: [{ ...CHECKOUT, severity: 'outage' }] },
      { at: 600, do: 'alertmanager', where: 'both', alerts: [{ ...SLOW, severity: 'warning' }], resolved: true },
    ],
    wants: [
      // Its turn comes ten seconds later.
      { says: 'slack operations post', about: 'Slow', from: 90, to: 105 },
      { says: 'pagerduty outage trigger', about: 'Checkout', from: 100, to: 106 },
      { says: 'phones', about: 'Checkout', from: 410, to: 430 },
      ...silent('us-west-2', 60, 310),
      { says: 'slack operations update', about: 'Slow', from: 670, to: 685 },
    ],
    seconds: 900,
  },
  'both-regions-pager-forgets': {
    says: 'the region whose turn it is goes dark and PagerDuty forgets: the other calls the telephones within the minute still',
    onCall: NOBODY,
    acts: [
      { at: 5, do: 'dark', where: 'first' },
      {
        at: 6,
        do: 'world',
        event: { do: 'trouble', id: 'forgets', provider: 'pagerduty', trouble: { kind: 'forgets' } },
      },
      { at: 10, do: 'alertmanager', where: 'both', alerts: [{ ...CHECKOUT, severity: 'outage' }] },
    ],
    wants: [
      { says: 'pagerduty outage trigger', about: 'Checkout', from: 10, to: 16 },
      { says: 'phones', about: 'Checkout', from: 60, to: 71 },
    ],
    seconds: 200,
  },
  'both-regions-parted': {
    says: 'Alertmanager tells both regions, which do not hear each other: PagerDuty knows the key, Slack and phones hear twice',
    onCall: NOBODY,
    acts: [
      { at: 5, do: 'parted' },
      { at: 10, do: 'alertmanager', where: 'both', alerts: [{ ...CHECKOUT, severity: 'outage' }] },
      { at: 20, do: 'alertmanager', where: 'both', alerts: [{ ...SLOW, severity: 'warning' }] },
      { at: 400, do: 'rejoined' },
      { at: 600, do: 'alertmanager', where: 'both', alerts: [{ ...CHECKOUT, severity: 'outage' }], resolved: true },
      { at: 600, do: 'alertmanager', where: 'both', alerts: [{ ...SLOW, severity: 'warning' }], resolved: true },
    ],
    wants: [
      { says: 'pagerduty outage trigger', about: 'Checkout', from: 10, to: 16, times: 2 },
      { says: 'phones', about: 'Checkout', from: 310, to: 335, times: 2 },
      { says: 'slack operations post', about: 'Slow', from: 80, to: 105, times: 2 },
      { says: 'pagerduty outage resolve', about: '', from: 660, to: 675, times: 2 },
      // Whoever said a beginning says its end, each in its own message.
      { says: 'phones', about: 'Checkout', from: 660, to: 690, times: 2 },
      { says: 'slack operations update', about: 'Slow', from: 660, to: 690, times: 2 },
    ],
    seconds: 900,
  },
  'both-regions-disagree': {
    says: 'one region hears the end seven minutes late, and until then pages again what fires for it: once, not by turns',
    onCall: NOBODY,
    pagesMax: 2,
    acts: [
      { at: 10, do: 'alertmanager', where: 'both', alerts: [{ ...CHECKOUT, severity: 'outage' }] },
      { at: 280, do: 'alertmanager', where: 'second', alerts: [{ ...CHECKOUT, severity: 'outage' }], resolved: true },
      { at: 700, do: 'alertmanager', where: 'first', alerts: [{ ...CHECKOUT, severity: 'outage' }], resolved: true },
    ],
    wants: [
      { says: 'pagerduty outage trigger', about: 'Checkout', from: 10, to: 16, times: 2 },
      { says: 'phones', about: 'Checkout', from: 310, to: 325 },
      { says: 'pagerduty outage resolve', about: '', from: 340, to: 355 },
      { says: 'pagerduty outage trigger', about: 'Checkout', from: 355, to: 670 },
      { says: 'pagerduty outage resolve', about: '', from: 760, to: 775 },
      { says: 'phones', about: 'Checkout', from: 760, to: 775 },
    ],
    seconds: 900,
  },
  'both-regions-acknowledged': {
    says: 'both regions tell of it, and somebody takes it by the link of one of them: the other asks nobody either',
    onCall: NOBODY,
    acts: [
      { at: 10, do: 'alertmanager', where: 'both', alerts: [{ ...CHECKOUT, severity: 'outage' }] },
      { at: 120, do: 'follow-link', act: 'acknowledge' },
    ],
    wants: [{ says: 'pagerduty outage trigger', about: 'Checkout', from: 10, to: 16, times: 2 }],
    seconds: 1200,
  },
};
