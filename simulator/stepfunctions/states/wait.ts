/** Wait: until a number of seconds has passed or a time has come. */
import { evaluateTyped, INTEGER, queryFailure, STRING } from '../jsonata.ts';
import { parseTimestamp } from '../timestamp.ts';
import { leave, nextOf, type StateType, type Step } from './step.ts';

/** Source: Developer Guide, "Wait workflow state": Seconds from 0 to 99999999. */
const SECONDS_MAX = 99_999_999;

/** Source: as recorded on AWS, a longer wait fails as "too long"; an execution lasts a year at most. */
const DELAY_MS_MAX = 365 * 24 * 3_600_000;

export const wait: StateType = {
  async run(step) {
    const untilMs = await dueTime(step);
    if (untilMs - step.nowMs > DELAY_MS_MAX) throw step.runtimeFailure('Wait state delay is too long.');
    return { kind: 'wait', untilMs: Math.max(untilMs, step.nowMs) };
  },
  resume: (step) => leave(step, step.state, nextOf(step.state), step.scope(), step.input),
};

async function dueTime(step: Step): Promise<number> {
  const { Seconds, Timestamp } = step.state;
  const scope = step.scope();
  if (Seconds !== undefined) {
    const seconds = await evaluateTyped<number>(Seconds, 'Seconds', INTEGER, scope);
    if (seconds >= 0 && seconds <= SECONDS_MAX) return step.nowMs + seconds * 1_000;
    // Guess: the words.
    throw queryFailure('Seconds', scope, `The Seconds field must be between 0 and ${SECONDS_MAX} but was ${seconds}.`);
  }
  const text = await evaluateTyped<string>(Timestamp, 'Timestamp', STRING, scope);
  const atMs = parseTimestamp(text);
  if (atMs !== undefined) return atMs;
  throw queryFailure(
    'Timestamp',
    scope,
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
  );
}
