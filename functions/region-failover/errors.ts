/**
 * Every error that a function of this slug may leave with, and its family. statemachines/region-failover*.asl.json may
 * name these and AWS's documented ones, nothing else (test/contract/asl.test.ts).
 */
import { type ErrorFamily, sharedFamilies } from '../shared/errors.ts';

/** The database is not yet the writer, available and done with its failover. */
export class PromotionNotReady extends Error {
  override readonly name = 'PromotionNotReady';
}

/** Too few healthy targets to carry the lost region's load. */
export class CapacityNotReady extends Error {
  override readonly name = 'CapacityNotReady';
}

/** The application of the target region does not yet take writes in the new epoch. */
export class WritesNotReady extends Error {
  override readonly name = 'WritesNotReady';
}

/** The lease counter moved although renewals are refused: somebody still writes. */
export class FenceUnsafe extends Error {
  override readonly name = 'FenceUnsafe';
}

/** The global cluster is moving somewhere else than we want it. */
export class PromotionUnsafe extends Error {
  override readonly name = 'PromotionUnsafe';
}

export const families = {
  ...sharedFamilies,
  PromotionNotReady: 'NotReady',
  CapacityNotReady: 'NotReady',
  WritesNotReady: 'NotReady',
  FenceUnsafe: 'Unsafe',
  PromotionUnsafe: 'Unsafe',
} as const satisfies Record<string, ErrorFamily>;
