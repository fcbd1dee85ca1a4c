/** Amazon States Language as it is written in a definition, and finding one's way in it. Read by every part of this room. */
import { LimitedMap } from './limited-map.ts';

/** A state's own fields; which exist depends on `Type` and is checked when the state machine is created. */
export interface StateDefinition {
  readonly Type: string;
  readonly Comment?: string;
  readonly QueryLanguage?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Output?: unknown;
  readonly Assign?: Record<string, unknown>;
  readonly Arguments?: unknown;
  readonly Resource?: string;
  readonly TimeoutSeconds?: unknown;
  readonly HeartbeatSeconds?: unknown;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Seconds?: unknown;
  readonly Timestamp?: unknown;
  readonly Branches?: readonly StatesScope[];
  readonly Error?: unknown;
  readonly Cause?: unknown;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Record<string, unknown>;
}

export interface ChoiceRule {
  readonly Condition: unknown;
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Record<string, unknown>;
}

/** A `States` map with its start: the whole machine, or one branch. */
export interface StatesScope {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

export interface Definition extends StatesScope {
  readonly Comment?: string;
  readonly QueryLanguage?: string;
  readonly Version?: string;
  readonly TimeoutSeconds?: number;
}

/** The way from the machine to a branch: pairs of a Parallel state's name and the branch's index. */
export type ScopePath = readonly (string | number)[];

const parsed = new LimitedMap<string, Definition>(500);

/** The definition of a text that was checked when its machine was created. Parsed once per text. */
export function parseDefinition(text: string): Definition {
  return parsed.get(text, () => JSON.parse(text) as Definition);
}

/** The `States` map that a path leads to. Throws when there is none: a defect of the interpreter. */
export function scopeAt(definition: Definition, path: ScopePath): StatesScope {
  let scope: StatesScope = definition;
  for (let i = 0; i < path.length; i += 2) {
    const branch: StatesScope | undefined = scope.States[String(path[i])]?.Branches?.[Number(path[i + 1])];
    if (!branch) throw new Error(`no branch at ${path.join('/')}`);
    scope = branch;
  }
  return scope;
}
