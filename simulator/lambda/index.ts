/**
 * AWS Lambda: runs the deployed bundles themselves. Functions are plain state; their containers are running code and
 * live beside it (`pool.ts`).
 */
import type { Clients } from '../clients.ts';
import { passRole } from '../iam/pass-role.ts';
import { type Access, type Context, defineService } from '../service.ts';
import { deliver, eventInvokeOperations } from './asynchronous.ts';
import { mappingOperations } from './event-sources/mappings.ts';
import { poll } from './event-sources/poll.ts';
import { functionUrlOperations } from './function-urls.ts';
import { functionOperations } from './functions.ts';
import { invokeOperations } from './invoke.ts';
import { functionPolicy, permissionOperations } from './permissions.ts';
import { functionArn, functionName, initialLambdaState, type LambdaState } from './state.ts';

const PRINCIPAL = 'lambda.amazonaws.com';

/** Every operation on one function is asked about the function's ARN. */
const onFunction = (input: { FunctionName?: string | undefined }, context: Context<LambdaState>): Access => ({
  resources: [functionArn(context.region, context.account, functionName(input.FunctionName ?? '').name)],
});

/** Its own ARN, which a new one does not have yet (Service Authorization Reference, AWS Lambda). */
const onMapping = (input: object, { region, account }: Context<LambdaState>): Access => ({
  resources: [`arn:aws:lambda:${region}:${account}:event-source-mapping:${'UUID' in input ? input.UUID : '*'}`],
});

export const lambda = defineService<Clients['lambda'], LambdaState>({
  name: 'lambda',
  initialState: initialLambdaState,
  operations: {
    ...functionOperations,
    ...permissionOperations,
    ...eventInvokeOperations,
    ...mappingOperations,
    ...functionUrlOperations,
    ...invokeOperations,
  },
  access: {
    // A call by the API never comes through the function's URL.
    Invoke: (input, context) => ({
      action: 'lambda:InvokeFunction',
      ...onFunction(input, context),
      conditions: { 'lambda:InvokedViaFunctionUrl': undefined },
    }),
    CreateFunction: (input, context) => [onFunction(input, context), passRole(input.Role, PRINCIPAL)],
    GetFunction: onFunction,
    GetFunctionConfiguration: onFunction,
    UpdateFunctionCode: onFunction,
    UpdateFunctionConfiguration: (input, context) => [
      onFunction(input, context),
      ...(input.Role === undefined ? [] : [passRole(input.Role, PRINCIPAL)]),
    ],
    DeleteFunction: onFunction,
    PutFunctionConcurrency: onFunction,
    DeleteFunctionConcurrency: onFunction,
    TagResource: ({ Resource }, context) => onFunction({ FunctionName: Resource }, context),
    UntagResource: ({ Resource }, context) => onFunction({ FunctionName: Resource }, context),
    ListTags: ({ Resource }, context) => onFunction({ FunctionName: Resource }, context),
    AddPermission: onFunction,
    RemovePermission: onFunction,
    GetPolicy: onFunction,
    PutFunctionEventInvokeConfig: onFunction,
    GetFunctionEventInvokeConfig: onFunction,
    DeleteFunctionEventInvokeConfig: onFunction,
    CreateEventSourceMapping: onMapping,
    GetEventSourceMapping: onMapping,
    UpdateEventSourceMapping: onMapping,
    DeleteEventSourceMapping: onMapping,
    CreateFunctionUrlConfig: onFunction,
    GetFunctionUrlConfig: onFunction,
    ListFunctionUrlConfigs: onFunction,
    UpdateFunctionUrlConfig: onFunction,
    DeleteFunctionUrlConfig: onFunction,
  },
  resourcePolicy: functionPolicy,
  // Bytes, not text, and often large: events show in the program's own log.
  redact: { Invoke: () => ['Payload'], CreateFunction: () => ['Code'], UpdateFunctionCode: () => ['ZipFile'] },
  timers: { deliver, poll },
});
