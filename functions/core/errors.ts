/** Errors of the core stack's functions; they reach people as the reason of a failed deployment. */
import { type ErrorFamily, sharedFamilies } from '../shared/errors.ts';
import { named } from '../shared/named-error.ts';

/** The rule cannot be as the template wants it without undoing what somebody else did on purpose. */
export class ForwardRuleConflict extends named('ForwardRuleConflict') {}

export const families = {
  ...sharedFamilies,
  ForwardRuleConflict: 'Conflict',
} as const satisfies Record<string, ErrorFamily>;
