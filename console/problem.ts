/** Exit codes of the command (DESIGN "The command") and the error that carries one. */
export const EXIT = { held: 0, broken: 1, usage: 2, internal: 3 } as const;

/** The user's input cannot be used. The message names the field, the value got and what to do. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem';
}
