/** Exit codes of the command (DESIGN "The command") and the error that carries one. */
export const EXIT = { held: 0, broken: 1, usage: 2, internal: 3 } as const;

/** The application that was deployed does not work, before anything was done to it. Exit code: broken. */
export class DoesNotComeUp extends Error {
  override readonly name = 'DoesNotComeUp';

  /** `refusals`: what IAM refused on the way, the likeliest cause; a line each. */
  constructor(what: string, refusals: readonly string[]) {
    super([what, ...refusals].join('\n'));
  }
}

/** The user's input cannot be used. The message names the field, the value got and what to do. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem';
}
