/** Silences: matchers with an author, a reason and an end. They keep quiet, they never make anything forgotten. */
import * as z from 'zod';
import { InvalidRouting } from './errors.ts';
import { Matchers } from './matchers.ts';

export const Silence = z.strictObject({
  id: z.string().min(1).max(100),
  /** All must hold. An empty set would silence everything and is refused. */
  matchers: Matchers.refine((matchers) => Object.keys(matchers).length > 0, 'at least one matcher'),
  startsAt: z.number().int(),
  /** Exclusive. */
  endsAt: z.number().int(),
  by: z.string().min(1).max(200),
  reason: z.string().min(1).max(1000),
  /** When this version was written, by the writer's clock: the newest under an id holds. */
  at: z.number().int(),
});
export type Silence = z.infer<typeof Silence>;

/** @throws InvalidRouting naming the field. A silence has to end, and within the configured time. */
export function checkSilence(silence: Silence, secondsMax: number): Silence {
  const seconds = (silence.endsAt - silence.startsAt) / 1000;
  if (seconds <= 0) throw new InvalidRouting(`endsAt: ${silence.endsAt} is not after startsAt ${silence.startsAt}`);
  if (seconds > secondsMax) {
    throw new InvalidRouting(`endsAt: the silence would last ${seconds} s, at most ${secondsMax} s are allowed`);
  }
  return silence;
}

export const inForce = ({ startsAt, endsAt }: Silence, now: number): boolean => startsAt <= now && now < endsAt;
