/**
 * The four families of errors, by what a state machine does with them, and the errors that every slug shares. Step
 * Functions sees `name`: Lambda's runtime sends it as errorType.
 */
import { named } from './named-error.ts';

/** Invalid: never retry. NotReady: retry until the limit. Conflict: someone else has it, stop quietly. Unsafe: compensate and page. */
export type ErrorFamily = 'Invalid' | 'NotReady' | 'Conflict' | 'Unsafe';

export class InvalidInput extends named('InvalidInput') {}

export class InvalidConfig extends named('InvalidConfig') {}

/** The customer's migration refuses what it is asked for: to ask again is of no use. */
export class InvalidMigration extends named('InvalidMigration') {}

/** An AWS call failed after the SDK's own retries, or was throttled, or timed out. */
export class DependencyNotReady extends named('DependencyNotReady') {}

/** The authority table's local replica did not answer, or two regions wrote at once. */
export class AuthorityNotReady extends named('AuthorityNotReady') {}

/** The application item is in other hands or in another state than this step needs: another move, a later epoch. */
export class ClaimConflict extends named('ClaimConflict') {}

/** Somebody else changed what a write depends on: read again, decide again. */
export class WriteConflict extends named('WriteConflict') {}
/** The lease of a release is another's, or nobody's: whoever asks may change nothing. */
export class LeaseConflict extends named('LeaseConflict') {}

/** A value was written and something else was read back. */
export class ReadBackUnsafe extends named('ReadBackUnsafe') {}

export const sharedFamilies = {
  InvalidInput: 'Invalid',
  InvalidConfig: 'Invalid',
  InvalidMigration: 'Invalid',
  DependencyNotReady: 'NotReady',
  AuthorityNotReady: 'NotReady',
  ClaimConflict: 'Conflict',
  WriteConflict: 'Conflict',
  LeaseConflict: 'Conflict',
  ReadBackUnsafe: 'Unsafe',
} as const satisfies Record<string, ErrorFamily>;
