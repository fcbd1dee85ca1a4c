/**
 * The four families of errors, by what a state machine does with them, and the errors that every slug shares. Step
 * Functions sees `name`, so it is a string literal: a minified class name would read "o" (toolchain: Lambda's runtime
 * sends errorType = error.name).
 */

/** Invalid: never retry. NotReady: retry until the limit. Conflict: someone else has it, stop quietly. Unsafe: compensate and page. */
export type ErrorFamily = 'Invalid' | 'NotReady' | 'Conflict' | 'Unsafe';

export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
}

/** An AWS call failed after the SDK's own retries, or was throttled, or timed out. */
export class DependencyNotReady extends Error {
  override readonly name = 'DependencyNotReady';
}

/** The authority table's local replica did not answer, or two regions wrote at once. */
export class AuthorityNotReady extends Error {
  override readonly name = 'AuthorityNotReady';
}

/** The application item is in other hands or in another state than this step needs: another move, a later epoch. */
export class ClaimConflict extends Error {
  override readonly name = 'ClaimConflict';
}

/** A value was written and something else was read back. */
export class ReadBackUnsafe extends Error {
  override readonly name = 'ReadBackUnsafe';
}

export const sharedFamilies = {
  InvalidInput: 'Invalid',
  InvalidConfig: 'Invalid',
  DependencyNotReady: 'NotReady',
  AuthorityNotReady: 'NotReady',
  ClaimConflict: 'Conflict',
  ReadBackUnsafe: 'Unsafe',
} as const satisfies Record<string, ErrorFamily>;
