/** Parsing at the edge: a value that does not fit is refused with the field, what was wanted and what was there. */
import type * as z from 'zod';
import { InvalidInput } from './errors.ts';

/** @throws InvalidInput naming every field that does not fit. */
export function parse<S extends z.ZodType>(
  schema: S,
  input: unknown,
  what = 'input',
  Refusal: new (message: string) => Error = InvalidInput,
): z.infer<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => {
    const field = path.map(String).join('.') || '(whole)';
    return `${field}: ${message}, got ${shown(path, input)}`;
  });
  throw new Refusal(`${what} is refused: ${faults.join('; ')}`);
}

/** The value at the path, short enough for a log line; a task token is never shown. */
function shown(path: readonly PropertyKey[], input: unknown): string {
  if (path.some((key) => /token|secret|password/i.test(String(key)))) return 'a value that is not shown';
  let value: unknown = input;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  if (value === undefined) return 'nothing';
  if (path.length === 0) return typeof value;
  return JSON.stringify(value).slice(0, 80);
}
