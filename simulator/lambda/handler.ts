/**
 * The handler of a function and what it is called with, as the Node.js runtime does it. Used in process (container.ts)
 * and inside child processes (process/child/runtime.ts), so that both tell the same failures by the same names.
 */
import { errorOutcome, type Outcome, thrownOutcome } from './outcome.ts';

export type Handler = (event: unknown, context: object) => unknown;

/** 'dir/index.handler' → the module 'dir/index' and its export 'handler'. */
export const partsOf = (handler: string): { module: string; exported: string } => ({
  module: handler.slice(0, handler.lastIndexOf('.')),
  exported: handler.slice(handler.lastIndexOf('.') + 1),
});

/** The function that a loaded module exports under the handler's name, or why it cannot be used. */
export function handlerIn(exports: Readonly<Record<string, unknown>>, handler: string): Handler | Outcome {
  const found = exports[partsOf(handler).exported];
  if (typeof found !== 'function')
    return errorOutcome('Runtime.HandlerNotFound', `${handler} is undefined or not exported`, []);
  // Node.js 24 functions have no callback (Lambda Developer Guide, "Define Lambda function handler in Node.js").
  if (found.length > 2) return errorOutcome('Runtime.CallbackHandlerDeprecated', `${handler} takes a callback`, []);
  return found as Handler;
}

/** A package without the handler's module. */
export const moduleMissing = (handler: string): Outcome =>
  errorOutcome('Runtime.ImportModuleError', `Error: Cannot find module '${partsOf(handler).module}'`, []);

/** Why a module did not load, in the runtime's own error types. */
export function notLoaded(error: unknown, taskRoot?: string): Outcome {
  const { code, message } = error as Partial<Error & { code: string }>;
  if (code === 'MODULE_NOT_FOUND') return errorOutcome('Runtime.ImportModuleError', `Error: ${message}`, []);
  if (error instanceof SyntaxError) return errorOutcome('Runtime.UserCodeSyntaxError', `SyntaxError: ${message}`, []);
  return thrownOutcome(error, taskRoot);
}

export interface ContextFacts {
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly clientContext: unknown;
  getRemainingTimeInMillis(): number;
}

/** The context object (Lambda Developer Guide, "Using the Lambda context object to retrieve Node.js function information"). */
export const contextOf = (facts: ContextFacts): object => ({
  ...facts,
  functionVersion: '$LATEST',
  callbackWaitsForEmptyEventLoop: true,
  identity: undefined,
});

/** An X-Ray trace header that is not sampled; derived from the request, so that it repeats with the seed. */
export function traceHeader(requestId: string): string {
  const digits = requestId.replaceAll('-', '');
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)};Parent=${digits.slice(0, 16)};Sampled=0`;
}
