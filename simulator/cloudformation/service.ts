/**
 * AWS CloudFormation as a service of the cloud. It has no operations: a deployment drives it directly. Its timers end
 * custom resources that stay silent.
 */
import { defineService } from '../service.ts';
import { expireResponse } from './pending-responses.ts';
import { type CloudFormationState, cloudFormationState } from './state.ts';

export const cloudFormation = defineService<object, CloudFormationState>({
  ...cloudFormationState,
  timers: {
    customResourceTimeout: (data: { requestId: string }, context) => expireResponse(context, data.requestId),
  },
});
