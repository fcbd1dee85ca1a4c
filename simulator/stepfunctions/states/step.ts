/** What a state type is given and what it answers. State types only evaluate; the interpreter changes state. */
import type { StateDefinition } from '../definition.ts';
import { limitResult, type StateFailure } from '../failure.ts';
import type { Scope } from '../jsonata.ts';
import { evaluate } from '../jsonata.ts';

/** One state about to do something. */
export interface Step {
  readonly name: string;
  readonly state: StateDefinition;
  readonly input: unknown;
  readonly nowMs: number;
  /** What expressions see; with a result, an error output or a task token where the state type has one. */
  scope(extra?: { result?: unknown; errorOutput?: unknown; token?: string }): Scope;
  /** States.Runtime for this state, in AWS's words. */
  runtimeFailure(what: string): StateFailure;
  /** A new task token. */
  newToken(): string;
}

/** The state is left. `next` null ends the flow. */
export interface Exit {
  readonly kind: 'exit';
  readonly output: unknown;
  readonly assigned: Record<string, unknown>;
  readonly next: string | null;
}

export interface WaitUntil {
  readonly kind: 'wait';
  readonly untilMs: number;
}

export interface StartTask {
  readonly kind: 'task';
  readonly parameters: unknown;
  readonly token?: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
}

export interface StartBranches {
  readonly kind: 'branches';
  readonly input: unknown;
}

export type Outcome = Exit | WaitUntil | StartTask | StartBranches;

/** One type of state. Both throw StateFailure. */
export interface StateType {
  /** On entering, and again at each retry. */
  run(step: Step): Promise<Outcome>;
  /** When what it waited for has come. */
  resume?(step: Step, result: unknown): Promise<Exit>;
}

/** The fields that a state, a Choice rule and a Catcher share. */
interface Leaving {
  readonly Output?: unknown;
  readonly Assign?: Record<string, unknown>;
}

/**
 * Evaluates Output and Assign, each from the variables as they were: neither sees what the other sets.
 * Source: Developer Guide, "Passing data between states with variables", "Evaluation order in an assign field".
 */
export async function leave(
  step: Step,
  fields: Leaving,
  next: string | null,
  scope: Scope,
  defaultOutput: unknown,
): Promise<Exit> {
  const output = 'Output' in fields ? await evaluate(fields.Output, 'Output', scope) : defaultOutput;
  const assigned = fields.Assign ? await evaluate(fields.Assign, 'Assign', scope) : {};
  limitResult(step.name, output);
  limitResult(step.name, assigned);
  return { kind: 'exit', output, assigned: assigned as Record<string, unknown>, next };
}

/** Where a state's own Next or End leads. */
export const nextOf = (state: StateDefinition): string | null => state.Next ?? null;
