/**
 * Every error that a function of this slug may leave with, and its family. statemachines/region-failover*.asl.json may
 * name these and AWS's documented ones, nothing else (test/contract/asl.test.ts).
 */
import { type ErrorFamily, sharedFamilies } from '../shared/errors.ts';
import { named } from '../shared/named-error.ts';

/** The database is not yet the writer, available and done with its failover. */
export class PromotionNotReady extends named('PromotionNotReady') {}

/** What was decided is too old to be acted on: the world is to be looked at again. */
export class AssessmentNotReady extends named('AssessmentNotReady') {}

/** Too few healthy targets to carry the lost region's load. */
export class CapacityNotReady extends named('CapacityNotReady') {}

/** The application of the target region does not yet take writes in the new epoch. */
export class WritesNotReady extends named('WritesNotReady') {}

/** The lease counter moved although renewals are refused: somebody still writes. */
export class FenceUnsafe extends named('FenceUnsafe') {}

/** The global cluster is moving somewhere else than we want it. */
export class PromotionUnsafe extends named('PromotionUnsafe') {}

export const families = {
  ...sharedFamilies,
  AssessmentNotReady: 'NotReady',
  PromotionNotReady: 'NotReady',
  CapacityNotReady: 'NotReady',
  WritesNotReady: 'NotReady',
  FenceUnsafe: 'Unsafe',
  PromotionUnsafe: 'Unsafe',
} as const satisfies Record<string, ErrorFamily>;
