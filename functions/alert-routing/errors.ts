/** Every error that a function of this slug may leave with, and its family. */
import { type ErrorFamily, sharedFamilies } from '../shared/errors.ts';
import { named } from '../shared/named-error.ts';

/** The routing table, silences or a signed link do not hold together; the message names what and where. */
export class InvalidRouting extends named('InvalidRouting') {}

/** A webhook or a link whose signature, age or form is wrong. Says nothing about which secret was expected. */
export class InvalidSignature extends named('InvalidSignature') {}

/** Somebody else changed the group or the alert meanwhile: read again and decide again. */
export class StoreConflict extends named('StoreConflict') {}

/** The store does not answer. */
export class StoreNotReady extends named('StoreNotReady') {}

export const families = {
  ...sharedFamilies,
  InvalidRouting: 'Invalid',
  InvalidSignature: 'Invalid',
  StoreConflict: 'Conflict',
  StoreNotReady: 'NotReady',
} as const satisfies Record<string, ErrorFamily>;
