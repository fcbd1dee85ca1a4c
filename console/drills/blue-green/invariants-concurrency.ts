/** Invariants 7–10: one release at a time, repeatable steps, an end to everything, one release for each push. */
import { calmSeconds } from './disturbances.ts';
import { at, COLOURS, type Evidence, type StateVersion, wasCarriedOut } from './evidence.ts';
import { commits, MOMENT, moment, raises, shareOf, takenAway } from './facts.ts';

/** 7: at most one release holds the lease, its number only grows, and without it nothing is changed. */
export function oneReleaseAtATime(evidence: Evidence): string[] {
  return [...takenOver(evidence), ...unleased(evidence)];
}

function takenOver({ states, executions, ...rest }: Evidence): string[] {
  const evidence = { states, executions, ...rest };
  return states.flatMap((version, index) => {
    const previous = states[index - 1];
    if (!previous) return [];
    const when = moment(evidence, version.t);
    if (version.fence < previous.fence) return [`the fence fell from ${previous.fence} to ${version.fence} ${when}`];
    if (version.holder === null || version.holder === previous.holder) return [];
    if (version.fence === previous.fence)
      return [`${short(version.holder)} took the lease ${when} without a new fence`];
    if (previous.holder === null) return [];
    const before = executions.find(({ arn }) => arn === previous.holder);
    const over = before?.until !== null && before !== undefined && before.until <= version.t;
    return over ? [] : [`${short(version.holder)} took the lease ${when} while ${short(previous.holder)} ran`];
  });
}

const short = (arn: string | null): string => arn?.split(':').at(-1) ?? 'nobody';

/** What only whoever holds the lease may do. A reaper ends what nobody needs any more, and pins may be taken back later. */
function unleased(evidence: Evidence): string[] {
  return evidence.calls.flatMap((call) => {
    if (!wasCarriedOut(call) || (call.deed !== 'assign' && call.deed !== 'weights')) return [];
    // A write that was long under way, and says what the rule says already, changes nothing.
    if (call.deed === 'weights' && isSameRule(evidence, call.t)) return [];
    const held = evidence.states.some(
      (version, index) => version.holder !== null && covers(evidence, index, version, call.t),
    );
    return held ? [] : [`${call.by} did ${call.operation} ${moment(evidence, call.t)} while nobody held the lease`];
  });
}

/** A call is noted when it is answered, a state when it was written: they may differ by the time of a call. */
const CALL_SECONDS = 1;

function isSameRule({ rules }: Evidence, t: number): boolean {
  const [before, after] = [at(rules, t - MOMENT), at(rules, t + MOMENT)];
  return before !== undefined && COLOURS.every((colour) => before.weights[colour] === after?.weights[colour]);
}

function covers({ states, endedAt }: Evidence, index: number, { t }: StateVersion, when: number): boolean {
  const until = states[index + 1]?.t ?? endedAt;
  return when >= t - CALL_SECONDS && when <= until + CALL_SECONDS;
}

/** 8: whatever runs twice changes nothing twice. */
export function stepsAreRepeatable(evidence: Evidence): string[] {
  const entries = repeated(evidence.entries.map(({ id }) => id)).map((id) => `the record says '${id}' twice`);
  const raised = raises(evidence);
  const again = raised.flatMap((raise, index) => {
    const before = raised[index - 1];
    const stopped = before && (takenAway(evidence, before)?.t ?? Number.POSITIVE_INFINITY) < raise.t;
    const committed = before && commits(evidence).some(({ t }) => t > before.t && t <= raise.t);
    if (!before || stopped || committed || before.candidate !== raise.candidate) return [];
    return shareOf(raise.weights, raise.candidate) <= shareOf(before.weights, before.candidate)
      ? [`${raise.candidate} was raised to ${raise.weights[raise.candidate]} again ${moment(evidence, raise.t)}`]
      : [];
  });
  const crowded = evidence.samples.find(({ colours }) =>
    Object.values(colours).some(({ running, max }) => running > max),
  );
  return [
    ...entries,
    ...again,
    ...(crowded ? [`a colour had more machines than it may ${moment(evidence, crowded.t)}`] : []),
  ];
}

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

/** The clean-up of an execution that was killed, with its own retries, and the reconciler's period come before. */
const GRACE_SECONDS = 180;

/** One that went to its end has cleaned up by itself. */
const FINISHED_SECONDS = 30;

/** 9: every execution ends and leaves no lease, no pin and no suspension behind. */
export function nothingIsLeftBehind(evidence: Evidence): string[] {
  const { executions, states, samples, endedAt, policy } = evidence;
  const graceOf = (status: string) =>
    status === 'SUCCEEDED' ? FINISHED_SECONDS : GRACE_SECONDS + policy.reconcileSeconds;
  const running = executions.filter(
    ({ until, status }) => until === null || calmSeconds(evidence, until, endedAt) < graceOf(status),
  );
  const last = states.at(-1);
  if (running.length > 0 || !last) return [];
  // Nobody but Mainstay may start the idle colour, so that one stays pinned.
  const live = last.live?.colour;
  const suspended = (live && samples.at(-1)?.colours[live].suspended) ?? [];
  return [
    ...(last.holder === null ? [] : [`${short(last.holder)} ended and still holds the lease`]),
    ...(suspended.length > 0 ? [`${suspended.join(', ')} of ${live}, which is live, stays suspended`] : []),
  ];
}

/** The repository is looked through for pushes that no event told of every five minutes (functions/blue-green/reconcile.ts). */
const NOTICED_SECONDS = 330;

/** 10: a push is one release, however often its event comes; a lost event is found; what failed is not tried again. */
export function onePushOneRelease(evidence: Evidence): string[] {
  return [...tooOften(evidence), ...unnoticed(evidence)];
}

/** Digests that a release was begun with, each time that one took the lease. */
function begun({
  states,
  executions,
}: Evidence): { readonly t: number; readonly digest: string; readonly kind: string }[] {
  return states.flatMap(({ t, holder, fence }, index) => {
    const previous = states[index - 1];
    if (holder === null || fence === (previous?.fence ?? 0) || previous?.holder === holder) return [];
    const input = executions.find(({ arn }) => arn === holder)?.input as
      | { digest?: unknown; kind?: unknown }
      | undefined;
    return typeof input?.digest === 'string' ? [{ t, digest: input.digest, kind: String(input.kind) }] : [];
  });
}

function tooOften(evidence: Evidence): string[] {
  const all = begun(evidence).filter(({ kind }) => kind === 'push');
  return all.flatMap(({ t, digest }, index) => {
    const before = all.slice(0, index).findLast((earlier) => earlier.digest === digest);
    if (!before) return [];
    // One that made way for a failover comes again by itself.
    const frozen = evidence.samples.some((sample) => sample.frozen && sample.t >= before.t && sample.t <= t);
    return frozen
      ? []
      : [`a release of ${digest.slice(0, 15)} was begun again ${moment(evidence, t)} without anybody asking`];
  });
}

/** The newest release that was pushed is begun, live, waiting, or refused. */
function unnoticed(evidence: Evidence): string[] {
  const newest = evidence.pushes.filter(({ released, t }) => released && t <= evidence.endedAt).at(-1);
  const patience = evidence.policy.reconcileSeconds + NOTICED_SECONDS;
  if (!newest || calmSeconds(evidence, newest.t, evidence.endedAt) < patience) return [];
  const isIt = (one: { readonly digest: string } | null) => newest.digests.includes(one?.digest ?? '');
  const known = evidence.states.some(({ t, candidate, live }) => t >= newest.t && (isIt(candidate) || isIt(live)));
  if (!known) return [`what was pushed ${moment(evidence, newest.t)} was never taken up`];
  const last = evidence.states.at(-1);
  const frozen = evidence.samples.at(-1)?.frozen === true;
  const waits = isIt(last?.candidate ?? null) && last?.holder === null && !frozen;
  return waits && calmSeconds(evidence, newest.t, evidence.endedAt) > WAITS_SECONDS_MAX
    ? [`what was pushed ${moment(evidence, newest.t)} waits for ever`]
    : [];
}

/** Evidence about an image is waited for at most a quarter of an hour; a predecessor may take an hour. */
const WAITS_SECONDS_MAX = 4000;
