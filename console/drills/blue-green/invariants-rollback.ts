/** Invariants 17–21: the way back is open, short and leads to what was committed last; nothing is ended too early. */
import { afterCalm, calmSeconds, isDisturbed } from './disturbances.ts';
import { at, type Call, type Colour, type Evidence, other, type StateVersion, wasCarriedOut } from './evidence.ts';
import {
  commits,
  exposures,
  isRetreat,
  liveAt,
  MOMENT,
  moment,
  raises,
  sampleAt,
  shareOf,
  withdrawals,
} from './facts.ts';

/** 17: until the commit the old release stays as it is: whole, pinned, unchanged. */
export function oldReleaseStays(evidence: Evidence): string[] {
  return exposures(evidence).flatMap(({ live, from, until }) => {
    const { colour } = live;
    const begun = sampleAt(evidence, from)?.colours[colour];
    const samples = evidence.samples.filter(({ t }) => t >= from && t < until);
    const smaller = samples.find(({ colours }) => colours[colour].desired < (begun?.desired ?? 0));
    const other = samples.find(({ colours }) => {
      const { assigned } = colours[colour];
      return assigned !== null && assigned !== live.digest;
    });
    return [
      ...(smaller
        ? [
            `${colour} was made smaller, to ${smaller.colours[colour].desired} of ${begun?.desired}, ${moment(evidence, smaller.t)}`,
          ]
        : []),
      ...(other ? [`${colour} was given another release ${moment(evidence, other.t)}`] : []),
    ];
  });
}

export interface Rollback {
  /** When it was decided: the machine entered it, or the reconciler or a person began it. */
  readonly decidedAt: number;
  /** When it could be made at the earliest. */
  readonly possibleAt: number;
  /** When every node sent users to the old release only; null when that never was. */
  readonly verifiedAt: number | null;
  /** From the decision, or from when the load balancer last refused the write for its own fault. */
  readonly seconds: number | null;
}

/** Throttling is retried within the time that a rollback may take (reference: "Rollback time budget"). */
const OWN_FAULT = /^(InternalFailure|InternalServiceFault|ServiceUnavailable)/;

const DECISION = /^Roll back/i;

/** Every time that users were taken back: from a release that was not committed, or from one that was. */
export function rollbacks(evidence: Evidence): Rollback[] {
  const entered = evidence.executions
    .flatMap(({ steps }) => steps.filter(({ name }) => DECISION.test(name)))
    .map(({ from }) => from);
  const asked = evidence.asked.filter(({ wish }) => wish === 'roll-back').map(({ t }) => t);
  const holderAt = (t: number) => at(evidence.states, t)?.holder ?? null;
  return withdrawals(evidence).map((withdrawal) => {
    const holder = holderAt(withdrawal.t - MOMENT);
    // A wish is about the release that was under way then, or about what was live when none was.
    const decided = [...entered, ...asked.filter((t) => [null, holder].includes(holderAt(t)))].sort((a, b) => a - b);
    const since = evidence.rules.findLast(({ t, weights }) => t < withdrawal.t && weights[withdrawal.from] > 0)?.t ?? 0;
    const decidedAt = decided.find((t) => t <= withdrawal.t && t >= since) ?? withdrawal.t;
    const refused = evidence.calls.findLast(
      // By whoever goes back: that somebody else was refused says nothing of whether it was tried.
      ({ t, deed, error, by }) =>
        isRetreat(by) && deed === 'weights' && t >= decidedAt && t < withdrawal.t && OWN_FAULT.test(error ?? ''),
    );
    const possibleAt = Math.max(
      decidedAt,
      refused?.t ?? 0,
      nobodyThere(evidence, withdrawal.from, decidedAt, withdrawal.t),
    );
    const verifiedAt = withdrawal.everywhereAt;
    return { decidedAt, possibleAt, verifiedAt, seconds: verifiedAt === null ? null : verifiedAt - possibleAt };
  });
}

/**
 * When there was nobody to go back to last within a time: no machine, or none that was healthy while the other colour had
 * some. 0 when there always was.
 */
function nobodyThere({ samples }: Evidence, leaving: Colour, from: number, until: number): number {
  const away = samples.findLast(({ t, colours }) => {
    const { registered, healthy } = colours[other(leaving)];
    return t >= from && t < until && (registered === 0 || (healthy === 0 && colours[leaving].healthy > 0));
  });
  return away?.t ?? 0;
}

/** 18: a rollback is one write, needs no machine, and is over in time. */
export function rollbackIsShort(evidence: Evidence): string[] {
  const { policy, endedAt } = evidence;
  const late = rollbacks(evidence).flatMap(({ decidedAt, possibleAt, verifiedAt }) => {
    const over = verifiedAt ?? endedAt;
    if (calmSeconds(evidence, heardAt(evidence, possibleAt, over), over) <= policy.rollbackSecondsMax) return [];
    return [`the rollback that was decided ${moment(evidence, decidedAt)} took ${Math.round(over - decidedAt)} s`];
  });
  const all = rollbacks(evidence);
  const needy = withdrawals(evidence).flatMap((withdrawal, index) => {
    const decidedAt = all[index]?.decidedAt ?? withdrawal.t;
    const first = evidence.calls.find(
      ({ t, deed }) => t >= decidedAt && t < withdrawal.t && (deed === 'size' || deed === 'assign' || deed === 'end'),
    );
    return first ? [`the rollback ${moment(evidence, decidedAt)} did ${first.operation} before it moved users`] : [];
  });
  const sticky = withdrawals(evidence).flatMap(({ t, stickySeconds }) =>
    stickySeconds > 1
      ? [`clients keep the bad colour for ${stickySeconds} s after the rollback ${moment(evidence, t)}`]
      : [],
  );
  return [...late, ...ignored(evidence), ...goneOn(evidence), ...leftAlone(evidence), ...needy, ...sticky];
}

/** When a wish came to the release at last that something kept from it at first: Lambda repeats an event after minutes. */
function heardAt(evidence: Evidence, from: number, until: number): number {
  const laid = evidence.calls.findLast(
    (call) => call.by === STEERING && isWayBack(call) && wasCarriedOut(call) && call.t >= from && call.t <= until,
  );
  return laid && isDisturbed(evidence, from, laid.t) ? laid.t : from;
}

/** A wish is heard, and the machine's next look comes. */
const LOOKS_SECONDS = 60;

/** A person asked to go back while users had the new release, and they still have it, or it was committed. */
function ignored(evidence: Evidence): string[] {
  const { asked, policy, endedAt, rules } = evidence;
  return asked.flatMap(({ t, wish, by }) => {
    const until = t + policy.rollbackSecondsMax;
    const exposed = exposures(evidence).find((each) => each.from <= t && each.until > t);
    if (wish !== 'roll-back' || !exposed || endedAt < until) return [];
    // The event may be lost, and whoever asked sees that nothing happens.
    if (isDisturbed(evidence, t, until)) return [];
    const { candidate, ended } = exposed;
    if (ended === 'committed' && exposed.until <= until) {
      return exposed.until > t + LOOKS_SECONDS
        ? [
            `${candidate} was committed ${moment(evidence, exposed.until)}, which ${by} had taken back ${moment(evidence, t)}`,
          ]
        : [];
    }
    const done = rules.some(
      (rule) => rule.t >= t && rule.t <= until && rule.by !== null && shareOf(rule.weights, candidate) === 0,
    );
    return done ? [] : [`the rollback that ${by} asked for ${moment(evidence, t)} was not made`];
  });
}

/** For the end of an execution to be noticed, by its event or a minute later, and for the clean-up to begin. */
const NOTICED_SECONDS = 180;

/** An execution came to a bad end while users had what it released, and they were left with that. */
function leftAlone(evidence: Evidence): string[] {
  const { executions, calls, endedAt, policy } = evidence;
  const allowed = NOTICED_SECONDS + policy.reconcileSeconds + policy.rollbackSecondsMax;
  return executions.flatMap(({ arn, status, until }) => {
    if (status === 'SUCCEEDED' || until === null) return [];
    const exposed = exposures(evidence).find((each) => each.from <= until && each.until > until);
    if (!exposed) return [];
    const refused = calls.findLast(
      ({ t, by, deed, error }) =>
        isRetreat(by) && deed === 'weights' && t >= until && t < exposed.until && OWN_FAULT.test(error ?? ''),
    );
    const possibleAt = Math.max(until, refused?.t ?? 0, nobodyThere(evidence, exposed.candidate, until, exposed.until));
    const over = Math.min(exposed.until, endedAt);
    if (over - possibleAt <= allowed || isDisturbed(evidence, possibleAt, possibleAt + allowed)) return [];
    const name = arn.split(':').at(-1);
    return [
      `users were left with ${exposed.candidate} for ${Math.round(over - until)} s after ${name} had ended ${status}`,
    ];
  });
}

/** A step that was under way when the wish came may end so. */
const UNDER_WAY_SECONDS = 20;

/** A person took a release back, Mainstay heard it, and the release went on, as from a step that it waited in. */
function goneOn(evidence: Evidence): string[] {
  const { asked, calls, states } = evidence;
  const holderAt = (t: number) => at(states, t)?.holder ?? null;
  return asked.flatMap(({ t, wish, by }, index) => {
    if (wish !== 'roll-back') return [];
    const until = asked.slice(index + 1).find((each) => each.wish === 'roll-back')?.t ?? evidence.endedAt;
    const heard = calls.find(
      (call) => call.by === STEERING && isWayBack(call) && wasCarriedOut(call) && call.t >= t && call.t < until,
    );
    const holder = heard && holderAt(heard.t);
    if (!heard || !holder) return [];
    const further = [
      ...raises(evidence).map((raise) => ({ t: raise.t, what: `${raise.candidate} was raised` })),
      ...commits(evidence).map((commit) => ({ t: commit.t, what: `${commit.live.colour} was committed` })),
    ].find(
      (step) => holderAt(step.t - MOMENT) === holder && calmSeconds(evidence, heard.t, step.t) > UNDER_WAY_SECONDS,
    );
    return further
      ? [
          `${further.what} ${moment(evidence, further.t)}, although ${by} had taken the release back ${moment(evidence, t)}`,
        ]
      : [];
  });
}

const STEERING = 'steer';

/** It lays a person's decision to go back before the release; others lay their own, and of nothing under way none is laid. */
const isWayBack = ({ operation, input }: Call): boolean =>
  operation === 'UpdateItem' &&
  JSON.stringify(input.ExpressionAttributeValues ?? {}).includes('"decision":{"S":"roll-back"}');

/** A reconciler looks once in its period, and then it has to say something. */
const TOLD_SECONDS = 60;

const SAYS_LOST: readonly string[] = ['rollback-unready', 'retention-ended'];

/** 19: after a commit the old release is kept ready until its moment; losing it is recorded when it happens. */
export function oldReleaseIsKept(evidence: Evidence): string[] {
  return commits(evidence).flatMap(({ t, retained, how }) => {
    if (!retained) {
      const said = evidence.entries.some(
        ({ kind, t: when }) =>
          kind === 'retention-ended' && when > t - TOLD_SECONDS && when < afterCalm(evidence, t, TOLD_SECONDS),
      );
      return said || how === 'returned' ? [] : [`nothing was kept at the commit ${moment(evidence, t)}`];
    }
    const ended = evidence.states.find((version) => version.t > t && version.retained === null)?.t ?? evidence.endedAt;
    const until = Math.min(ended, retained.until, evidence.endedAt);
    const lost = evidence.samples.find(({ t: now, colours }) => {
      const colour = colours[retained.colour];
      return (
        now > t &&
        now < until &&
        (colour.desired < retained.size || (colour.assigned !== null && colour.assigned !== retained.digest))
      );
    });
    if (!lost) return [];
    const heard = afterCalm(evidence, lost.t, evidence.policy.reconcileSeconds + TOLD_SECONDS);
    const said = evidence.entries.some(
      ({ kind, t: when }) => SAYS_LOST.includes(kind) && when >= lost.t && when <= heard,
    );
    const told = evidence.messages.some(({ t: when }) => when >= lost.t && when <= heard);
    // What a release that takes the colour ended, on the record, nobody has to hear of as lost.
    const overBefore = ended < evidence.endedAt && ended <= heard;
    return (said && (told || overBefore)) || heard > evidence.endedAt
      ? []
      : [
          `${retained.colour}, kept until ${moment(evidence, retained.until)}, was lost ${moment(evidence, lost.t)}, and ${said ? 'nobody was told' : 'nothing says so'}`,
        ];
  });
}

/** 20: back is to what was committed last, or kept; a rollback that failed is told to people. */
export function backToTheLastCommit(evidence: Evidence): string[] {
  const wrong = withdrawals(evidence).flatMap((withdrawal) => {
    const { to, t } = withdrawal;
    if (!to) return [`users were taken back ${moment(evidence, t)}, and nothing was kept for that`];
    const from = withdrawal.everywhereAt ?? evidence.endedAt;
    const next = evidence.rules.find((rule) => rule.t > t)?.t ?? evidence.endedAt;
    const other = evidence.requests.find(
      (each) =>
        each.who === 'user' && each.t > from && each.t < next && each.release !== null && each.release !== to.digest,
    );
    return other
      ? [
          `users got ${other.release?.slice(0, 15)} ${moment(evidence, other.t)}, after a rollback to ${to.digest.slice(0, 15)}`,
        ]
      : [];
  });
  const failed = evidence.executions.filter(({ error }) => /[Rr]ollback/.test(error ?? ''));
  const untold = failed.filter(
    ({ until, from }) =>
      !evidence.messages.some(
        ({ t }) => t >= from && t <= afterCalm(evidence, until ?? evidence.endedAt, TOLD_SECONDS),
      ),
  );
  return [
    ...wrong,
    ...untold.map(
      ({ until }) => `a rollback failed ${moment(evidence, until ?? evidence.endedAt)}, and nobody was told`,
    ),
  ];
}

/** Who may end machines: the reaper, and whoever makes room for the next release in the idle colour. */
const MAKES_ROOM = 'empty';
const REAPER = 'reap';

/** A release holds the lease, no reaper. It gives up what is kept in the colour that it takes. */
const isRelease = ({ holder }: StateVersion): boolean => holder !== null && !holder.startsWith(`${REAPER}/`);

/** 21: machines are ended by a job of its own, and only those that nothing needs. */
export function endedOnlyWhenUnneeded(evidence: Evidence): string[] {
  return evidence.calls.flatMap((call) => {
    const { t, colour, deed, size, by } = call;
    if (!colour || !wasCarriedOut(call)) return [];
    const sample = sampleAt(evidence, t)?.colours[colour];
    const ends = deed === 'end' || (deed === 'size' && size !== null && size < (sample?.desired ?? 0));
    if (!ends) return [];
    const state = evidence.states.findLast((version) => version.t <= t);
    // As it was promised at the commit: whoever ends machines may have ended the promise right before.
    const promise = commits(evidence).findLast((commit) => commit.t < t);
    const taken = evidence.states.some(
      (version) => version.t > (promise?.t ?? 0) && version.t < t && version.retained === null && isRelease(version),
    );
    const kept = taken ? null : promise?.retained;
    const release = state && isRelease(state);
    const needed = [
      ...(by === REAPER || by === MAKES_ROOM ? [] : [`by ${by}`]),
      ...(sample && (sample.weight > 0 || sample.shareMax > 0) ? ['with users'] : []),
      ...(liveAt(evidence, t).colour === colour ? ['which is live'] : []),
      ...(release && by !== MAKES_ROOM ? ['while a release ran'] : []),
      ...(by !== MAKES_ROOM && kept?.colour === colour && kept.until > t ? ['before its time'] : []),
    ];
    return needed.length > 0 ? [`${colour} was made smaller ${moment(evidence, t)} ${needed.join(', ')}`] : [];
  });
}
