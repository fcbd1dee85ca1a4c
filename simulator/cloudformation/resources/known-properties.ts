/** Keeps a resource table honest: a property that nothing here reads is refused by name. Used by the tables beside it. */
import { isDeepStrictEqual } from 'node:util';
import { AwsError, NotModelled } from '../../errors.ts';

/** @throws NotModelled naming the resource type, the resource and the property */
export function refuseOtherProperties(
  type: string,
  logicalId: string,
  properties: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  const other = Object.keys(properties).filter((name) => !known.includes(name));
  if (other.length > 0) throw new NotModelled(`${other.join(', ')} of ${type} (${logicalId})`);
}

/** `{Key, Value}` entries, as CloudFormation writes tags. */
export const tagList = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const optionalNumber = (value: unknown): number | undefined =>
  value === undefined || value === '' ? undefined : Number(value);

/** Templates may write true as 'true'. */
export const optionalBoolean = (value: unknown): boolean | undefined =>
  value === undefined ? undefined : value === true || value === 'true';

/** Does it, unless what it is about is not there any more. `codes` are the service's errors that say so. */
export async function unlessGone<T>(codes: string | readonly string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AwsError && [codes].flat().includes(error.code)) return undefined;
    throw error;
  }
}

/** As text, where there is a value. */
export const optionalText = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

/** What of the old list is not in the new one, and the other way round. */
export function listChanges<T>(before: readonly T[] = [], after: readonly T[] = []): { removed: T[]; added: T[] } {
  const has = (list: readonly T[], item: T): boolean => list.some((other) => isDeepStrictEqual(other, item));
  return { removed: before.filter((item) => !has(after, item)), added: after.filter((item) => !has(before, item)) };
}

/** The entries of an object that have a value: what a read answers for properties that may be missing. */
export const present = (properties: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
