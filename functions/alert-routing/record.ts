/** The line that each decision leaves in the log: what is told under which keys and why, or why nothing is. */
import type { Log } from '../shared/ports.ts';
import type { Decision } from './decide.ts';

export type RecordDecision = (group: string, decision: Pick<Decision, 'drafts' | 'reasons'>) => void;

export const recordTo =
  (log: Log): RecordDecision =>
  (group, { drafts, reasons }) =>
    log.info('decided', { group, told: drafts.map(({ key, action }) => `${key} ${action}`), reasons });
