/**
 * What must hold in every run of alert routing, judged from the world's ledger alone: what providers received, whom they
 * called. The numbers are those of the twenty invariants of a router (docs/decisions/010-an-alert-is-a-set-of-signals.md); those that a
 * run cannot show are shown by the core's own tests.
 */
import type { Cloud } from '../../../simulator/cloud.ts';
import { ledgerOf, providersState } from '../../../simulator/world/index.ts';
import { refusalsIn } from '../../drill/refusals.ts';
import type { Notification } from './notifications.ts';
import type { Scenario } from './scenario.ts';
import { SECRETS } from './scene.ts';

export interface Broken {
  /** 'alert-routing/2'. */
  readonly invariant: string;
  readonly sentence: string;
}

export interface Evidence {
  readonly cloud: Cloud;
  readonly since: number;
  readonly scenario: Scenario;
  readonly notifications: readonly Notification[];
}

type Check = (evidence: Evidence) => readonly string[];

const ofPagerDuty = ({ notifications }: Evidence, what: string) =>
  notifications.filter(({ says }) => says.startsWith('pagerduty') && says.endsWith(what));

/** Number → what it says, and a sentence for each breach. */
export const invariants: Readonly<Record<number, { readonly says: string; readonly check: Check }>> = {
  1: {
    says: 'each grave alert that fires to the end was told to somebody, or its dead letters were',
    check({ scenario, notifications }) {
      return graveFiring(scenario).flatMap((name) => {
        const told = notifications.some(({ about, says }) => about.includes(name) || says === 'last-resort');
        return told ? [] : [`${name} fires and nobody was told`];
      });
    },
  },
  2: {
    says: 'a person is called once for an episode, however often it is sent',
    check({ cloud, since, scenario }) {
      const from = since - cloud.state.startedAt;
      const calls = ledgerOf(cloud).people.filter(
        ({ t, by, what }) => t >= from && by === 'pagerduty' && what === 'paged',
      );
      const counts = Map.groupBy(calls, ({ who, key }) => `${who} ${key}`);
      const max = scenario.pagesMax ?? 1;
      return [...counts]
        .filter(([, all]) => all.length > max)
        .map(([who, all]) => `${who} was called ${all.length} times`);
    },
  },
  3: {
    says: 'no page is open when what it was about is over',
    check({ cloud, scenario, notifications }) {
      const over = ended(scenario);
      const { incidents } = providersState(cloud).pagerduty;
      return incidents
        .filter(({ status }) => status !== 'resolved')
        .flatMap(({ dedupKey }) => {
          const about =
            notifications.find(({ key, says }) => key === dedupKey && says.includes('trigger'))?.about ?? '';
          return over.filter((name) => about.includes(name)).map((name) => `${name} is over, its page is open`);
        });
    },
  },
  4: {
    says: 'each service that was told of an episode hears once that it is over',
    check(evidence) {
      const resolves = Map.groupBy(ofPagerDuty(evidence, 'resolve'), ({ says, key }) => `${says} ${key}`);
      return [...resolves].filter(([, all]) => all.length > 1).map(([what, all]) => `${what} came ${all.length} times`);
    },
  },
  7: {
    says: 'no provider had to refuse messages for their number',
    check({ cloud }) {
      const refused = cloud.trace.entries.filter(({ what, detail }) => {
        return what === 'refused' && (detail as { status?: number } | undefined)?.status === 429;
      });
      return refused.map(({ source }) => `${source} refused a message: too many`);
    },
  },
  10: {
    says: 'a grave alert that its first channel does not confirm reaches a second one within a minute',
    check(evidence) {
      const lost = ofPagerDuty(evidence, 'outage trigger').filter((one) => one.lost);
      return lost
        .filter(({ t, about }) => !evidence.notifications.some((other) => isSecond(other, about, t)))
        .map(({ about }) => `${about} was lost, and nobody else was told within a minute`);
    },
  },
  17: {
    says: 'no secret is in a log, an event or a message',
    check({ cloud }) {
      const text = JSON.stringify(cloud.trace.entries.filter(({ source }) => source !== 'cloudformation'));
      return Object.entries(SECRETS).flatMap(([name, value]) =>
        text.includes(value) ? [`the secret ${name} shows`] : [],
      );
    },
  },
  20: {
    says: 'nothing is tried that IAM does not allow',
    check: ({ cloud }) => refusalsIn(cloud).map((refusal) => JSON.stringify(refusal)),
  },
};

const isSecond = ({ says, about, t }: Notification, what: string, from: number): boolean =>
  !says.startsWith('pagerduty outage') && about === what && t >= from && t <= from + 60;

/** Alarms that are left firing, and are grave by their tags. */
function graveFiring({ acts }: Scenario): string[] {
  const last = new Map<string, 'ALARM' | 'OK'>();
  for (const act of [...acts].sort((a, b) => a.at - b.at)) {
    if (act.do === 'alarm' && (last.has(act.name) || /^P[01]$/.test(act.tags?.severity ?? '')))
      last.set(act.name, act.state);
    if (act.do === 'delete-alarm') last.delete(act.name);
  }
  return [...last].filter(([, state]) => state === 'ALARM').map(([name]) => name);
}

/** Alarms that were well again, or gone, ten minutes and more before the end. */
function ended({ acts, seconds }: Scenario): string[] {
  const last = new Map<string, { over: boolean; at: number }>();
  for (const act of [...acts].sort((a, b) => a.at - b.at)) {
    if (act.do === 'alarm') last.set(act.name, { over: act.state === 'OK', at: act.at });
    if (act.do === 'delete-alarm') last.set(act.name, { over: true, at: act.at });
  }
  return [...last].filter(([, { over, at }]) => over && at <= seconds - 600).map(([name]) => name);
}

export function brokenIn(evidence: Evidence): Broken[] {
  return Object.entries(invariants).flatMap(([number, { check }]) =>
    check(evidence).map((sentence) => ({ invariant: `alert-routing/${number}`, sentence })),
  );
}
