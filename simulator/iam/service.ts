/** AWS Identity and Access Management: roles, policies and instance profiles. What they allow is decided in authorize.ts. */
import type { Clients } from '../clients.ts';
import { defineService } from '../service.ts';
import { access } from './access.ts';
import { changeOperations } from './operations/changes.ts';
import { instanceProfileOperations } from './operations/instance-profiles.ts';
import { policyOperations } from './operations/policies.ts';
import { roleOperations } from './operations/roles.ts';
import { simulationOperations } from './operations/simulation.ts';
import { type IamState, initialIamState } from './state.ts';

/** Global: its control plane is in us-east-1. Decisions are made everywhere, also when that region is gone. */
export const iam = defineService<Clients['iam'], IamState>({
  name: 'iam',
  homeRegion: 'us-east-1',
  initialState: initialIamState,
  operations: {
    ...roleOperations,
    ...policyOperations,
    ...instanceProfileOperations,
    ...changeOperations,
    ...simulationOperations,
  },
  access,
});
