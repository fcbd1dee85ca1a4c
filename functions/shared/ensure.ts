/** How every change is made, so that it may be repeated and is known to have happened. Used by the steps of all machines. */
import { ReadBackUnsafe } from './errors.ts';

/**
 * Describe, act if needed, read back. A lost answer shows as a conflict on the repetition, so what is read back decides.
 * @throws the …Conflict when someone else's value is there; ReadBackUnsafe when nobody refused and it still is not there
 */
export async function ensure<T>(change: {
  readonly what: string;
  readonly describe: () => Promise<T>;
  readonly done: (state: T) => boolean;
  readonly act: () => Promise<void>;
}): Promise<T> {
  const before = await change.describe();
  if (change.done(before)) return before;
  let conflict: Error | undefined;
  try {
    await change.act();
  } catch (error) {
    if (!(error instanceof Error && error.name.endsWith('Conflict'))) throw error;
    conflict = error;
  }
  const after = await change.describe();
  if (change.done(after)) return after;
  throw conflict ?? new ReadBackUnsafe(`${change.what}: read back ${JSON.stringify(after)}`);
}
