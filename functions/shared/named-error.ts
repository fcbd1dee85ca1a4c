/** The one shape of Mainstay's errors, for functions and application alike. */

/**
 * `class ClaimConflict extends named('ClaimConflict') {}` is an error whose `name` is that text for ever: Step Functions,
 * callers and logs match on it, and the class's own name is minified ("o").
 */
export const named = <const Name extends string>(name: Name) =>
  class extends Error {
    override readonly name = name;
  };
