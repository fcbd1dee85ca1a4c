/** Invariants about who is called, how soon and until when. Judged from the world's ledger; see invariants.ts. */
import { ledgerOf, providersState } from '../../../simulator/world/index.ts';
import { type Evidence, type Invariants, isAbout, isPage, keysOf, peopleIn, toldOf } from './evidence.ts';
import {
  episodesOf,
  type Happened,
  hasTrouble,
  isUndisturbed,
  lastSpan,
  type Severity,
  silencesOf,
  startsAs,
} from './history.ts';
import type { Notification } from './notifications.ts';

/** The shortest quiet time in the shipped table; a shorter pause is no end. */
export const QUIET_SECONDS = 60;

/** A P0's page is with its provider within so many seconds of the alarm, a cold start included. */
const AT_ONCE_SECONDS = 6;

/** Of the shipped table's escalation of a P0. */
const FIRST_STEP = 300;
const NEXT_STEPS = 600;
/** What is due is done within a tick of half a minute and the way to the provider. */
const TICK = 40;
/** How long an acknowledgement of a P0 holds in the shipped table. */
const ACKNOWLEDGED = 1_800;

const isGrave = (severity: Severity): boolean => severity === 'P0' || severity === 'P1';

const escalates = ({ says }: Notification): boolean => says === 'phones' || says === 'pagerduty managers trigger';

export const pages: Invariants = {
  1: {
    says: 'each grave alert that fires to the end was told to somebody, or its dead letters were',
    check: (evidence) =>
      evidence.history.flatMap((alert) => {
        const last = lastSpan(alert);
        if (!last || last.to !== Number.POSITIVE_INFINITY || !last.grades.some(({ severity }) => isGrave(severity)))
          return [];
        const told = toldOf(evidence, alert.name).length > 0;
        const lettersTold = evidence.notifications.some(({ says }) => says === 'last-resort');
        return told || lettersTold ? [] : [`${alert.name} fires and nobody was told`];
      }),
  },
  2: {
    says: 'a person is called once for an episode, however often it is sent',
    check(evidence) {
      const calls = peopleIn(evidence).filter(({ by, what }) => by === 'pagerduty' && what === 'paged');
      const max = evidence.scenario.pagesMax ?? 1;
      return evidence.history.flatMap((alert) => {
        const keys = keysOf(evidence, alert.name);
        const byPerson = Map.groupBy(
          calls.filter(({ key }) => keys.has(key)),
          ({ who }) => who,
        );
        const allowed = max * episodesOf(alert, QUIET_SECONDS).length;
        return [...byPerson]
          .filter(([, all]) => all.length > allowed)
          .map(([who, all]) => `${who} was called ${all.length} times for ${alert.name}`);
      });
    },
  },
  6: {
    says: 'a P0 is told at once, whatever else is going on; so is what rises to it, and a fall never',
    check(evidence) {
      const { scenario } = evidence;
      if (!isUndisturbed(scenario) || hasTrouble(scenario)) return [];
      const silences = silencesOf(scenario);
      const isQuiet = (at: number) => silences.some(({ from, to }) => from <= at && at < to);
      return evidence.history.flatMap((alert) => {
        const pagedWithin = (from: number, seconds: number) =>
          toldOf(evidence, alert.name).some((one) => isPage(one) && one.t >= from && one.t <= from + seconds);
        return episodesOf(alert, QUIET_SECONDS).flatMap(({ grades }) =>
          grades.flatMap(({ at, severity }, index) => {
            const before = grades.slice(0, index).map((grade) => grade.severity);
            const isRise = severity === 'P0' && !before.includes('P0');
            if (isRise && !isQuiet(at) && !pagedWithin(at, AT_ONCE_SECONDS))
              return [`${alert.name} was P0 at ${at} s and paged nobody at once`];
            const isFall = index > 0 && severity > (before.at(-1) as Severity);
            return isFall && pagedWithin(at, AT_ONCE_SECONDS) ? [`${alert.name} fell to ${severity} and paged`] : [];
          }),
        );
      });
    },
  },
  9: {
    says: 'further people are asked until somebody takes it, and no longer',
    check(evidence) {
      if (!isUndisturbed(evidence.scenario) || silencesOf(evidence.scenario).length > 0) return [];
      return evidence.history.flatMap((alert) => [...unasked(evidence, alert), ...askedAnyway(evidence, alert)]);
    },
  },
  10: {
    says: 'a grave alert that its first channel does not confirm reaches a second one within a minute',
    check(evidence) {
      if (!isUndisturbed(evidence.scenario)) return [];
      return evidence.history.flatMap((alert) =>
        episodesOf(alert, QUIET_SECONDS).flatMap((episode) => {
          const { from, to } = episode;
          const isDue = startsAs(episode) === 'P0' && from + 61 <= Math.min(to, evidence.scenario.seconds);
          if (!isDue || shows(evidence, alert, from + 60)) return [];
          const second = toldOf(evidence, alert.name).some(
            ({ t, says }) => t >= from && t <= from + 61 && !says.startsWith('pagerduty outage'),
          );
          return second ? [] : [`PagerDuty did not show ${alert.name}, and nobody else was told within a minute`];
        }),
      );
    },
  },
};

/** Whether PagerDuty has an open incident about the alert by then. */
function shows(evidence: Evidence, { name }: Happened, by: number): boolean {
  const keys = keysOf(evidence, name);
  const { incidents } = providersState(evidence.cloud).pagerduty;
  return incidents.some(({ dedupKey, openedAt }) => keys.has(dedupKey) && openedAt <= evidence.since + by * 1000);
}

/** When somebody took the alert: by telephone, or by the link of a message. */
function acknowledgementsOf(evidence: Evidence, { name }: Happened): number[] {
  const keys = keysOf(evidence, name);
  const byPhone = peopleIn(evidence).filter(({ what, key }) => what === 'acknowledged' && keys.has(key));
  const { messages } = ledgerOf(evidence.cloud);
  const byLink = evidence.scenario.acts.filter((act) => {
    if (act.do !== 'follow-link' || act.act !== 'acknowledge') return false;
    const until = evidence.since - evidence.cloud.state.startedAt + act.at * 1000;
    const hasLink = (links: readonly string[]) => links.some((link) => new URL(link).pathname === '/acknowledge');
    const linked = messages.findLast(({ t, links }) => t <= until && hasLink(links));
    return linked !== undefined && isAbout({ about: linked.summary }, name);
  });
  return [...byPhone.map(({ t }) => t), ...byLink.map(({ at }) => at)].sort((a, b) => a - b);
}

/** Steps of a P0's escalation that were due and did not come. */
function unasked(evidence: Evidence, alert: Happened): string[] {
  const [episode, ...others] = episodesOf(alert, QUIET_SECONDS);
  if (!episode || others.length > 0 || startsAs(episode) !== 'P0') return [];
  const taken = acknowledgementsOf(evidence, alert)[0] ?? Number.POSITIVE_INFINITY;
  const until = Math.min(taken, episode.to, evidence.scenario.seconds);
  const faults: string[] = [];
  for (let due = episode.from + FIRST_STEP; due + TICK <= until; due += NEXT_STEPS) {
    const asked = toldOf(evidence, alert.name).some((one) => escalates(one) && one.t >= due - 5 && one.t <= due + TICK);
    if (!asked) faults.push(`nobody took ${alert.name} and nobody else was asked at ${due} s`);
  }
  return faults;
}

/** Further people who were asked although somebody had taken it. */
function askedAnyway(evidence: Evidence, alert: Happened): string[] {
  return acknowledgementsOf(evidence, alert).flatMap((at) => {
    // A rise is not covered by what was said before it.
    const rises = alert.spans.flatMap(({ grades }) => grades.slice(1)).filter((grade) => grade.at > at);
    const until = Math.min(at + ACKNOWLEDGED, rises[0]?.at ?? Number.POSITIVE_INFINITY);
    return toldOf(evidence, alert.name)
      .filter((one) => escalates(one) && one.t > at + TICK && one.t < until)
      .map(({ says, t }) => `${alert.name} was taken at ${at} s, and ${says} came at ${t} s`);
  });
}
