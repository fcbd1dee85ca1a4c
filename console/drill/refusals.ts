/**
 * What IAM refused to a role of the application during a run, in AWS's own words. A right that is missing in the
 * templates must show in a drill even where the code carries on without it.
 */
import type { Cloud } from '../../simulator/cloud.ts';
import type { TraceEntry } from '../../simulator/trace.ts';

/** As services call it (simulator/iam/denial.ts). */
const CODES = /^(AccessDenied|UnauthorizedOperation|AuthorizationError)/;

/** 'AccessDenied: User: … is not authorized to perform: … on resource: …'; null for every other entry of the trace. */
export function refusalOf({ detail }: TraceEntry): string | null {
  const { error, message } = (detail ?? {}) as { error?: unknown; message?: unknown };
  const isRefusal = typeof message === 'string' && CODES.test(String(error)) && message.includes(' not authorized to ');
  return isRefusal ? `${error}: ${message}` : null;
}

/** A person who is kept from something misses no right of the templates'. */
const isAPerson = ({ detail }: TraceEntry): boolean => (detail as { by?: unknown } | undefined)?.by === 'account';

/** Each refusal once, in the order of the first. */
export const refusalsIn = ({ trace }: Cloud): string[] => [
  ...new Set(trace.entries.flatMap((entry) => (isAPerson(entry) ? [] : (refusalOf(entry) ?? [])))),
];
