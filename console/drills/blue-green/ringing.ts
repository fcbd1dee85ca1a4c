/** Which of the application's alarms spoke against a release for so long that whoever judges must have heard it. */
import { calmSeconds } from './disturbances.ts';
import type { Evidence, Sample } from './evidence.ts';

/** The judge looks every 20 seconds; a look may fail once, and the next one is the machine's own. */
const HEARD_SECONDS = 60;

type State = 'alarms' | 'unknownAlarms';

interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** Alarms that were in ALARM for a calm minute, without a break, between `from` and the last look before `until`. */
export const rang = (evidence: Evidence, from: number, until: number): string[] =>
  named(evidence, 'alarms', from, lookedAt(evidence, until), () => true);

/** Alarms that had rung for a calm minute at the last look before `until`, when it was looked for the first time. */
export const ringsAt = (evidence: Evidence, until: number): string[] =>
  named(
    evidence,
    'alarms',
    until - 3 * HEARD_SECONDS,
    lookedAt(evidence, until),
    (stretch, last) => stretch.until === last,
  );

/** Alarms that had known nothing for a calm minute at the last look before `until`. */
export const knewNothing = (evidence: Evidence, from: number, until: number): string[] =>
  named(evidence, 'unknownAlarms', from, lookedAt(evidence, until), (stretch, last) => stretch.until === last);

/** Handlers that look at the alarms before a step. */
const LOOKING: readonly string[] = ['watch', 'shift', 'commit'];

/** A judge who never looked is held to what rang until the end. */
const lookedAt = ({ calls }: Evidence, until: number): number =>
  calls.findLast(
    ({ t, by, operation, error }) => LOOKING.includes(by) && operation === 'DescribeAlarms' && !error && t <= until,
  )?.t ?? until;

function named(
  evidence: Evidence,
  state: State,
  from: number,
  until: number,
  counts: (stretch: Stretch, last: number | undefined) => boolean,
): string[] {
  const samples = evidence.samples.filter(({ t }) => t >= from && t <= until);
  const last = samples.at(-1)?.t;
  return [...new Set(samples.flatMap((sample) => sample[state]))].filter((name) =>
    stretches(samples, (sample) => sample[state].includes(name)).some(
      (stretch) => counts(stretch, last) && calmSeconds(evidence, stretch.from, stretch.until) >= HEARD_SECONDS,
    ),
  );
}

function stretches(samples: readonly Sample[], holds: (sample: Sample) => boolean): Stretch[] {
  const found: Stretch[] = [];
  let open = false;
  for (const sample of samples) {
    const before = open ? found.pop() : undefined;
    open = holds(sample);
    if (before) found.push(open ? { ...before, until: sample.t } : before);
    else if (open) found.push({ from: sample.t, until: sample.t });
  }
  return found;
}

/** Alarms that were not OK when the machine looked, right after it began: no reason against what a person asks for then. */
export function notOkAtBegin({ samples }: Evidence, begun: number): ReadonlySet<string> {
  const seen = samples.filter(({ t }) => t >= begun && t <= begun + HEARD_SECONDS);
  return new Set(seen.flatMap(({ alarms, unknownAlarms }) => [...alarms, ...unknownAlarms]));
}
