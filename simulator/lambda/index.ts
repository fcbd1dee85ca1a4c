/**
 * AWS Lambda: runs the deployed bundles themselves. Functions are plain state; their containers are running code and
 * live beside it (`pool.ts`).
 */
import type { Clients } from '../clients.ts';
import { type Access, type Context, defineService } from '../service.ts';
import { deliver, eventInvokeOperations } from './asynchronous.ts';
import { functionOperations } from './functions.ts';
import { invokeOperations } from './invoke.ts';
import { permissionOperations } from './permissions.ts';
import { functionArn, functionName, initialLambdaState, type LambdaState } from './state.ts';

/** Every operation on one function is asked about the function's ARN. */
const onFunction = (input: { FunctionName?: string | undefined }, context: Context<LambdaState>): Access => ({
  resources: [functionArn(context.region, context.account, functionName(input.FunctionName ?? '').name)],
});

export const lambda = defineService<Clients['lambda'], LambdaState>({
  name: 'lambda',
  initialState: initialLambdaState,
  operations: { ...functionOperations, ...permissionOperations, ...eventInvokeOperations, ...invokeOperations },
  access: {
    Invoke: (input, context) => ({ action: 'lambda:InvokeFunction', ...onFunction(input, context) }),
    CreateFunction: onFunction,
    GetFunction: onFunction,
    GetFunctionConfiguration: onFunction,
    UpdateFunctionCode: onFunction,
    UpdateFunctionConfiguration: onFunction,
    DeleteFunction: onFunction,
    PutFunctionConcurrency: onFunction,
    AddPermission: onFunction,
    RemovePermission: onFunction,
    GetPolicy: onFunction,
    PutFunctionEventInvokeConfig: onFunction,
    GetFunctionEventInvokeConfig: onFunction,
  },
  // Bytes, not text, and often large: events show in the program's own log.
  redact: { Invoke: () => ['Payload'], CreateFunction: () => ['Code'], UpdateFunctionCode: () => ['ZipFile'] },
  timers: { deliver },
});
