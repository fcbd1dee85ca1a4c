/**
 * Every error that a function of this slug may leave with, and its family. statemachines/blue-green*.asl.json may name
 * these and AWS's documented ones, nothing else (test/contract/asl.test.ts).
 */
import { type ErrorFamily, sharedFamilies } from '../shared/errors.ts';
import { named } from '../shared/named-error.ts';

/** The colour has not yet as many machines, or as few, as it was told. */
export class CapacityNotReady extends named('CapacityNotReady') {}

/** Not every machine of the new colour was healthy on every look, or reported the digest. */
export class HealthNotReady extends named('HealthNotReady') {}

/** The smoke checks do not all pass. */
export class ValidationNotReady extends named('ValidationNotReady') {}

/** The data plane does not show yet what was written to the listener. */
export class ProofNotReady extends named('ProofNotReady') {}

/** A job has the lease for some seconds more. */
export class LeaseNotReady extends named('LeaseNotReady') {}

/** The live colour is not what it was taken for, or the weights are somebody else's. */
export class ListenerUnsafe extends named('ListenerUnsafe') {}

/** The old colour could not take all requests back. */
export class RetreatUnsafe extends named('RetreatUnsafe') {}

/** An alarm of the application rings. */
export class AlarmUnsafe extends named('AlarmUnsafe') {}

/** A person took the release back before its next step. */
export class WithdrawnUnsafe extends named('WithdrawnUnsafe') {}

/** A region failover froze deployments. */
export class FrozenUnsafe extends named('FrozenUnsafe') {}

/** An entry of the record was changed after it was written. */
export class ChainUnsafe extends named('ChainUnsafe') {}

export const families = {
  ...sharedFamilies,
  CapacityNotReady: 'NotReady',
  HealthNotReady: 'NotReady',
  ValidationNotReady: 'NotReady',
  ProofNotReady: 'NotReady',
  LeaseNotReady: 'NotReady',
  ListenerUnsafe: 'Unsafe',
  RetreatUnsafe: 'Unsafe',
  AlarmUnsafe: 'Unsafe',
  WithdrawnUnsafe: 'Unsafe',
  FrozenUnsafe: 'Unsafe',
  ChainUnsafe: 'Unsafe',
} as const satisfies Record<string, ErrorFamily>;
