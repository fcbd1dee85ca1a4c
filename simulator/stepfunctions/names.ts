/** ARNs and names of state machines and executions, and the pages of lists. */
import { AwsError } from '../errors.ts';
import type { StatesContext } from './flows.ts';
import type { Execution, Machine } from './model.ts';

/** Source: API reference, StartExecution and CreateStateMachine, `name`: 1 to 80 characters, none of these. */
const NAME_LENGTH_MAX = 80;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is forbidden
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/;

/** Throws InvalidName. */
export function checkName(name: string): void {
  if (name.length >= 1 && name.length <= NAME_LENGTH_MAX && !FORBIDDEN.test(name)) return;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

export const machineArn = ({ region, account }: StatesContext, name: string): string =>
  `arn:aws:states:${region}:${account}:stateMachine:${name}`;

export const executionArn = ({ region, account }: StatesContext, machine: string, name: string): string =>
  `arn:aws:states:${region}:${account}:execution:${machine}:${name}`;

/** Throws InvalidArn unless the text is an ARN of this kind; a version or alias of a state machine is not modelled. */
function checkArn(arn: string | undefined, kind: 'stateMachine' | 'execution'): string {
  const parts = kind === 'stateMachine' ? 7 : 8;
  const pieces = (arn ?? '').split(':');
  const [prefix, , service, , , type] = pieces;
  if (arn && prefix === 'arn' && service === 'states' && type === kind && pieces.length === parts) return arn;
  throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${type ?? arn}'`);
}

/** Throws InvalidArn or StateMachineDoesNotExist. */
export function findMachine(context: StatesContext, arn: string | undefined): Machine {
  const machine = context.state.machines[checkArn(arn, 'stateMachine')];
  if (machine) return machine;
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

/** Throws InvalidArn or ExecutionDoesNotExist. */
export function findExecution(context: StatesContext, arn: string | undefined): Execution {
  const execution = context.state.executions[checkArn(arn, 'execution')];
  if (execution) return execution;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

/** Source: API reference, `maxResults` of the lists: up to 1,000; 0 and absent mean 100. */
const PAGE_MAX = 1_000;
const PAGE_DEFAULT = 100;

/** One page of a list. Throws InvalidToken, or ValidationException for a size that AWS refuses. */
export function page<T>(
  all: readonly T[],
  { maxResults, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: T[]; nextToken?: string } {
  const size = maxResults || PAGE_DEFAULT;
  if (size < 0 || size > PAGE_MAX) {
    throw new AwsError('ValidationException', `maxResults must be between 0 and ${PAGE_MAX} but was ${maxResults}`);
  }
  const start = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`);
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length ? { items, nextToken: Buffer.from(String(end)).toString('base64url') } : { items };
}
