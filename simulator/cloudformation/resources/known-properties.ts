/** Keeps a resource table honest: a property that nothing here reads is refused by name. Used by the tables beside it. */
import { NotModelled } from '../../errors.ts';

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
