/** AWS's errors as the SDK's clients throw them, without an answer in between. Used by decoded hand-over. */
import type { AwsError } from '../errors.ts';
import type { Client, Operation } from './clients.ts';
import { statusOf } from './errors.ts';

/** The exception with the name, fault, status and members that a client would make of the service's answer. */
export function exceptionOf(client: Client, operation: Operation, error: AwsError): Error {
  const status = statusOf(client, error);
  const $fault = status < 500 ? ('client' as const) : ('server' as const);
  const $metadata = { httpStatusCode: status };
  // An answer to HEAD has no body, so the client names the error by its status.
  if (operation.http?.[0] === 'HEAD') {
    return Object.assign(new Error(error.message), {
      name: status === 404 ? 'NotFound' : 'Unknown',
      $fault,
      $metadata,
    });
  }
  const name = client.errors.get(error.code)?.getName() ?? error.code;
  const Exception = client.exceptions.get(name);
  const made = Exception
    ? new Exception({ message: error.message, $metadata })
    : Object.assign(new Error(error.message), { name, $fault, $metadata });
  return Object.assign(made, error.members);
}
