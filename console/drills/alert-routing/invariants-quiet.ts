/** Invariants about what is kept quiet, for how long, and what comes of it. Judged from the world's ledger. */
import { providersState } from '../../../simulator/world/index.ts';
import { type Evidence, type Invariants, isAbout, isPage, keysOf, toldOf } from './evidence.ts';
import { episodesOf, type Happened, isFiringAt, isUndisturbed, lastSpan, silencesOf, startsAs } from './history.ts';
import { QUIET_SECONDS } from './invariants-pages.ts';
import { isOfficeHour } from './office.ts';

/** Suppression is looked at again each half minute; the rest is the way to the provider. */
const TICK = 40;
/** A message that was decided before the silence may still be on its way. */
const ON_ITS_WAY = 10;
/** Whatever is over is told within so many seconds after its quiet time. */
const END_TOLD = 120;
/** Firings within an hour from which on an alarm flaps, and its quiet time then, in the shipped table. */
const FLAPS = 4;
const FLAP_QUIET = 900;

/** Mail tells that a silence ends soon; nothing else speaks while it lasts. */
const speaks = ({ says }: { says: string }): boolean => says !== 'email' && says !== 'last-resort';

export const quiet: Invariants = {
  3: {
    says: 'no page is open when what it was about is over',
    check(evidence) {
      const { incidents } = providersState(evidence.cloud).pagerduty;
      const open = new Set(incidents.filter(({ status }) => status !== 'resolved').map(({ dedupKey }) => dedupKey));
      return evidence.history.flatMap((alert) => {
        const quietSeconds = flaps(alert) ? FLAP_QUIET : QUIET_SECONDS;
        const { to = Number.POSITIVE_INFINITY } = lastSpan(alert) ?? {};
        if (to + Math.max(quietSeconds + END_TOLD, 600) > evidence.scenario.seconds) return [];
        const stuck = [...keysOf(evidence, alert.name)].filter((key) => open.has(key));
        return stuck.map(() => `${alert.name} is over, its page is open`);
      });
    },
  },
  4: {
    says: 'each service that was told of an episode hears once that it is over, and not before it is',
    check(evidence) {
      const { notifications } = evidence;
      const ends = notifications.filter(({ says }) => says.startsWith('pagerduty') && says.endsWith('resolve'));
      const byKey = Map.groupBy(ends, ({ says, key }) => `${says} ${key}`);
      // Each of two regions that were told says it; PagerDuty drops the second.
      const both = evidence.history.filter(({ where }) => where === 'both');
      const keysOfBoth = new Set(both.flatMap(({ name }) => [...keysOf(evidence, name)]));
      const twice = [...byKey]
        .filter(([, all]) => all.length > (keysOfBoth.has(all[0]?.key ?? '') ? 2 : 1))
        .map(([what, all]) => `${what} came ${all.length} times`);
      const early = evidence.history.flatMap((alert) => {
        const keys = keysOf(evidence, alert.name);
        return ends
          .filter(({ key, t }) => keys.has(key) && isFiringAt(alert, t))
          .map(({ t }) => `${alert.name} fires, and its end was told at ${t} s`);
      });
      return [...twice, ...early];
    },
  },
  5: {
    says: 'what is silenced is not told meanwhile, and is told within half a minute of the end if it still fires',
    check(evidence) {
      return silencesOf(evidence.scenario).flatMap(({ from, to }) =>
        evidence.history
          .filter((alert) => isFiringAt(alert, from))
          .flatMap(({ name, ...alert }) => {
            const told = toldOf(evidence, name);
            const meanwhile = told
              .filter((one) => speaks(one) && one.t > from + ON_ITS_WAY && one.t < to)
              .map(({ says, t }) => `${name} is silenced, and ${says} came at ${t} s`);
            const isDue = isFiringAt({ name, ...alert }, to) && to + TICK <= evidence.scenario.seconds;
            const again = told.some((one) => isPage(one) && one.t >= to && one.t <= to + TICK);
            return isDue && !again ? [...meanwhile, `the silence of ${name} ended, and nobody was told`] : meanwhile;
          }),
      );
    },
  },
  8: {
    says: 'an alarm that goes back and forth opens one incident until it is quiet',
    check: (evidence) =>
      evidence.history.flatMap((alert) => {
        // Longer pauses are ends until it is seen to flap.
        const opened = keysOf(evidence, alert.name).size;
        const most = flaps(alert)
          ? Math.min(episodesOf(alert, QUIET_SECONDS).length, FLAPS - 1 + episodesOf(alert, FLAP_QUIET).length)
          : episodesOf(alert, QUIET_SECONDS).length;
        return opened > most ? [`${alert.name} had ${most} episodes and opened ${opened} incidents`] : [];
      }),
  },
  12: {
    says: 'what an outage explains is told only if it outlasts that outage; what is graver is never explained away',
    check(evidence) {
      if (!isUndisturbed(evidence.scenario)) return [];
      return evidence.history.filter(({ symptom }) => symptom).flatMap((alert) => explainedAway(evidence, alert));
    },
  },
  13: {
    says: 'what can wait is told in office hours, and soon after they begin',
    check(evidence) {
      // A digest names none of those that it counts: invariant 7 counts them.
      const folds = evidence.notifications.some(({ about }) => about.includes(' messages in one: '));
      if (!isUndisturbed(evidence.scenario) || folds) return [];
      const at = (seconds: number) => evidence.since + seconds * 1000;
      return evidence.history.flatMap((alert) =>
        alert.spans.flatMap((span) => {
          if (span.grades.some(({ severity }) => severity < 'P2')) return [];
          const told = evidence.notifications.filter((one) => isAbout(one, alert.name));
          const early = told
            .filter(({ t }) => !isOfficeHour(at(t)))
            .map(({ says, t }) => `${alert.name} can wait, and ${says} came outside of office hours at ${t} s`);
          if (startsAs(span) !== 'P2') return early;
          const until = Math.min(span.to, evidence.scenario.seconds);
          let opens = span.from + 60;
          while (opens < until && !isOfficeHour(at(opens))) opens += 10;
          const isDue = opens + 120 <= until;
          const isTold = told.some(({ t }) => t >= span.from && t <= opens + 120);
          return isDue && !isTold ? [...early, `${alert.name} was not told when the office opened`] : early;
        }),
      );
    },
  },
};

/** Enough firings within an hour. */
function flaps({ spans }: Happened): boolean {
  return spans.some((span, index) => {
    const last = spans[index + FLAPS - 1];
    return last !== undefined && last.from - span.from < 3_600;
  });
}

/** A symptom against the outages of its region: by the shipped table an alarm named `…-outage`. */
function explainedAway(evidence: Evidence, symptom: Happened): string[] {
  const outages = evidence.history.filter(
    ({ name, where, symptom: itself }) => name.endsWith('-outage') && where === symptom.where && !itself,
  );
  const told = toldOf(evidence, symptom.name);
  return symptom.spans.flatMap((span) => {
    const lighter = outages.every((outage) => outage.spans.every((other) => startsAs(other) > startsAs(span)));
    if (lighter) {
      const paged = told.some((one) => isPage(one) && one.t >= span.from && one.t <= span.from + ON_ITS_WAY);
      return paged || startsAs(span) !== 'P0' ? [] : [`${symptom.name} is P0, and was explained away`];
    }
    return outages.flatMap((outage) =>
      outage.spans.flatMap(({ from, to }) => {
        const meanwhile = told
          .filter(({ t }) => t > Math.max(from, span.from) + ON_ITS_WAY && t < Math.min(to, span.to))
          .map(({ says, t }) => `${outage.name} explains ${symptom.name}, and ${says} came at ${t} s`);
        const outlasts = span.from < to && span.to > to + TICK && to + TICK <= evidence.scenario.seconds;
        const toldAfter = told.some(({ t }) => t >= to && t <= to + TICK);
        return outlasts && !toldAfter
          ? [...meanwhile, `${symptom.name} outlasts ${outage.name}, and nobody was told`]
          : meanwhile;
      }),
    );
  });
}
