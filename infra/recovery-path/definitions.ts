/** What a state machine on the recovery path may do by itself: call functions of its own stack, within a time limit. */
import { CLIENTS } from './calls.ts';
import { type Member, substitutionsOf } from './members.ts';

interface State {
  readonly Type?: string;
  readonly Resource?: string;
  readonly Arguments?: unknown;
  readonly Credentials?: unknown;
  readonly TimeoutSeconds?: unknown;
  readonly Branches?: readonly Definition[];
  readonly ItemProcessor?: Definition;
}

interface Definition {
  readonly TimeoutSeconds?: number;
  readonly States?: Readonly<Record<string, State>>;
}

const INVOKE = /^arn:aws:states:::lambda:invoke(\.waitForTaskToken)?$/;
const SDK_TASK = /^arn:aws:states:::aws-sdk:([^:]+):([A-Za-z0-9]+)(\.\w+)?$/;
const PLACEHOLDER = /^\$\{(\w+)\}$/;

/** One sentence per state that recovery must not depend on. */
export function definitionProblems({ name, stack, properties }: Member): string[] {
  const { DefinitionString: text } = properties;
  const about = `${stack.name}: state machine ${name}`;
  if (typeof text !== 'string') return [`${about}: its definition is not written in the template`];
  const definition = JSON.parse(text) as Definition;
  const functions = new Set(Object.keys(substitutionsOf({ Type: '', Properties: properties })));
  const limit = definition.TimeoutSeconds ? [] : [`${about} has no TimeoutSeconds: it may wait for ever`];
  const states = statesOf(definition).flatMap(([state, content]) =>
    stateProblems(content, functions).map((problem) => `${about}, state '${state}', ${problem}`),
  );
  return [...limit, ...states];
}

const statesOf = ({ States = {} }: Definition): (readonly [string, State])[] =>
  Object.entries(States).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.Branches ?? []).flatMap(statesOf),
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);

function stateProblems(state: State, functions: ReadonlySet<string>): string[] {
  if (state.Type !== 'Task') return [];
  const { Resource = '', Credentials, TimeoutSeconds } = state;
  const problems: string[] = [];
  if (TimeoutSeconds === undefined) problems.push('has no TimeoutSeconds: a call that never answers stops the move');
  if (Credentials !== undefined) problems.push('takes another role, whose rights are not looked at');
  if (INVOKE.test(Resource)) {
    const called = (state.Arguments as { FunctionName?: unknown } | undefined)?.FunctionName;
    const placeholder = typeof called === 'string' ? called.match(PLACEHOLDER)?.[1] : undefined;
    if (placeholder === undefined || !functions.has(placeholder)) {
      problems.push(`calls ${JSON.stringify(called)}, which is no function of its own stack`);
    }
    return problems;
  }
  return [...problems, integrationProblem(Resource)].filter((problem) => problem !== null);
}

/** Direct integrations may only read, and only what recovery may call (DESIGN decision 8). */
function integrationProblem(resource: string): string | null {
  const [, service = '', operation = ''] = SDK_TASK.exec(resource) ?? [];
  const called = operation.charAt(0).toUpperCase() + operation.slice(1);
  const known = Object.entries(CLIENTS).find(
    ([client, calls]) => calls.service === service || client === `@aws-sdk/client-${service}`,
  );
  const call = known?.[1].calls[called];
  if (call === undefined) return `uses ${resource}, which is not on the list of calls that recovery may make`;
  return call.changes ? `uses ${resource}: only fenced functions change the world` : null;
}
