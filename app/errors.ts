/** The application's own errors; the name is what callers and logs match. */
import { named } from '../functions/shared/named-error.ts';

/** This instance may not write now: no lease, too little of it left, or a configuration of another epoch. */
export class WritesNotReady extends named('WritesNotReady') {}

/** The write's time was over before the driver had a connection for it; nothing was sent. */
export class WriteTooLateUnsafe extends named('WriteTooLateUnsafe') {}

/** No database is configured yet, or it cannot be reached. */
export class DatabaseNotReady extends named('DatabaseNotReady') {}

/** The request is wrong; `field` says where. */
export class InvalidRequest extends named('InvalidRequest') {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}
