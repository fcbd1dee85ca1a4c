/**
 * A run in which the simulator was asked for something that it does not model proves nothing, even where the program
 * swallowed the refusal (a failed fetch, an empty catch). Such a run ends with an error that names it.
 */
import type { Cloud } from '../../simulator/cloud.ts';
import { onNotModelled } from '../../simulator/errors.ts';

/** The simulator lacks what a run used. Neither the application nor the person at the command is at fault. */
export class GapInSimulator extends Error {
  override readonly name = 'GapInSimulator';
}

/** Carries out a run. Throws GapInSimulator, with all that was missing, however the run itself ended. */
export async function withoutGaps<T>(cloud: Cloud, run: () => Promise<T>): Promise<T> {
  const gaps = new Set<string>();
  const forget = onNotModelled(({ message }) => {
    gaps.add(message);
    cloud.note('simulator', 'simulator', 'notModelled', { error: 'NotModelled', message });
  });
  try {
    const result = await run();
    refuse(gaps);
    return result;
  } catch (cause) {
    refuse(gaps, cause);
    throw cause;
  } finally {
    forget();
  }
}

function refuse(gaps: ReadonlySet<string>, cause?: unknown): void {
  if (gaps.size === 0) return;
  throw new GapInSimulator(`this run used what the simulator does not model: ${[...gaps].join('; ')}`, { cause });
}
