/** CloudFormation takes '60' for 60 and 'true' for true; the services' APIs do not. Used by the tables of this folder. */

/** A copy in which members whose text is a number are numbers, at every depth; other members as they are. */
export function numbersIn<T>(value: T): T {
  if (Array.isArray(value)) return value.map(numbersIn) as T;
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numbersIn(member)])) as T;
  }
  return (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value) as T;
}
