/** The environment variables of a container (Lambda Developer Guide, "Defined runtime environment variables"). */
import type { FunctionRecord } from './state.ts';

export const logGroup = (name: string): string => `/aws/lambda/${name}`;

/** Without credentials, which the sandbox adds. The function's own variables come last but cannot hide reserved ones. */
export function containerEnvironment(
  record: FunctionRecord,
  region: string,
  logStream: string,
): Record<string, string> {
  const { name, handler, memoryMib, runtime, environment } = record;
  return {
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin',
    NODE_PATH: '/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime',
    TZ: ':UTC',
    ...environment,
    _HANDLER: handler,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMib),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup(name),
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_REGION: region,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: '/var/task',
  };
}

/** Variables that a function cannot set (the same section, "Reserved environment variables"). */
export const reservedVariables: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);
