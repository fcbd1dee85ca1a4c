/**
 * Reading recorded answers of AWS: the folder that CONFORMANCE_DIR names holds JSON lines (see its README). A row is in
 * scope when its definition passes our checks without naming something that is not modelled.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDefinition } from '../../../simulator/stepfunctions/checks/definition.ts';
import { FunctionFailure, type Handler } from './cloud.ts';

export interface RecordedExecution {
  readonly id: string;
  readonly definition: unknown;
  readonly input: unknown;
  readonly expect: { status: string; output?: unknown; error?: string; cause?: unknown };
  readonly needs: readonly string[];
  readonly lambdas?: Readonly<Record<string, { readonly behaviour: string }>>;
  readonly placeholders?: readonly string[];
  readonly historyEvents?: readonly string[];
  readonly historyOrder?: 'exact' | 'concurrent';
  /** Of the collector: what of the row was not recorded but put together. */
  readonly note?: readonly string[];
}

export interface RecordedDefinition {
  readonly id: string;
  readonly op: string;
  readonly type: unknown;
  readonly definition?: unknown;
  /** Instead, where it is no JSON. */
  readonly definitionText?: string;
}

export const textOf = ({ definition, definitionText }: RecordedDefinition): string =>
  definitionText ?? JSON.stringify(definition);

/** Rows of a file; undefined when the folder is not there. */
export function rowsOf<Row>(file: string): Row[] | undefined {
  const directory = process.env.CONFORMANCE_DIR;
  const path = directory === undefined ? undefined : join(directory, file);
  if (path === undefined || !existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

const BEHAVIOURS: Readonly<Record<string, Handler>> = {
  echo: (event) => event,
  'raise-Exception': (_event, { context }) => {
    throw new FunctionFailure('Exception', 'Some exception was raised.', {
      errorMessage: 'Some exception was raised.',
      errorType: 'Exception',
      requestId: context.random.uuid(),
      stackTrace: [
        '  File "/var/task/handler.py", line 2, in handler\n    raise Exception("Some exception was raised.")\n',
      ],
    });
  },
};

/** The functions that a row needs, or undefined when it needs something that these tests do not have. */
export function handlersFor(row: RecordedExecution): Record<string, Handler> | undefined {
  const handlers: Record<string, Handler> = {};
  for (const [name, { behaviour }] of Object.entries(row.lambdas ?? {})) {
    const handler = BEHAVIOURS[behaviour];
    if (!handler) return undefined;
    handlers[name] = handler;
  }
  const known = row.needs.every((need) =>
    /^(lambda:(echo|missing|raise-Exception)|optimized:lambda:invoke)$/.test(need),
  );
  return known ? handlers : undefined;
}

/** Why a definition is out of scope: the parts that are not modelled. Empty when it is in scope. */
export function notModelledIn(definition: unknown): string[] {
  const diagnostics = checkDefinition(JSON.stringify(definition));
  const parts = diagnostics.flatMap(({ message }) => /^(.*) is not modelled/.exec(message)?.[1] ?? []);
  return [...new Set(parts.map((part) => part.replace(/^The resource .*:::([\w-]+).*/, 'The resource $1')))].sort();
}

/** Whether an answer is the recorded one: placeholders stand for any value, bracketed tokens for any text. */
export function agrees(recorded: unknown, answer: unknown, placeholders: readonly string[] = []): boolean {
  if (typeof recorded === 'string') {
    if (placeholders.includes(recorded) && !recorded.startsWith('<')) return answer !== null && answer !== undefined;
    return typeof answer === 'string' && textPattern(recorded).test(answer);
  }
  if (Array.isArray(recorded)) {
    if (!Array.isArray(answer) || answer.length !== recorded.length) return false;
    return recorded.every((element, i) => agrees(element, answer[i], placeholders));
  }
  if (typeof recorded !== 'object' || recorded === null) return recorded === answer;
  if (typeof answer !== 'object' || answer === null) return false;
  const ignored = ['SdkHttpMetadata', 'SdkResponseMetadata'];
  const names = new Set([...Object.keys(recorded), ...Object.keys(answer)].filter((name) => !ignored.includes(name)));
  return [...names].every((name) =>
    agrees((recorded as Record<string, unknown>)[name], (answer as Record<string, unknown>)[name], placeholders),
  );
}

function textPattern(recorded: string): RegExp {
  const escaped = recorded.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/<[\w-]+(:\d+)?>/g, '.+')}$`, 's');
}
