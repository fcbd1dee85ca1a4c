/**
 * AWS CloudFormation as a service of the cloud. Clients reach it through its operations (api/), a drill's deployment drives
 * the engine directly. Its timers end what takes too long and what was only begun.
 */
import type { Clients } from '../clients.ts';
import { defineService } from '../service.ts';
import { access, operations, redact, timers } from './api/index.ts';
import { expireCreation } from './create.ts';
import { expireResponse } from './pending-responses.ts';
import { type CloudFormationState, cloudFormationState } from './state.ts';

export const cloudFormation = defineService<Clients['cloudformation'], CloudFormationState>({
  ...cloudFormationState,
  operations,
  access,
  redact,
  timers: {
    ...timers,
    customResourceTimeout: (data: { requestId: string }, context) => expireResponse(context, data.requestId),
    stackTimeout: (data: { stackId: string }, { cloud, region }) => expireCreation(cloud, region, data.stackId),
  },
});
