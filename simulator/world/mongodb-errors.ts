/** The driver's errors that the fake driver throws, by the names and in the classes of the real one (version 7). */

export class MongoError extends Error {
  override get name(): string {
    return 'MongoError';
  }
}

/** The server answered with an error. */
export class MongoServerError extends MongoError {
  override get name(): string {
    return 'MongoServerError';
  }
  readonly code: number;
  readonly codeName: string;

  constructor(code: number, codeName: string, message: string) {
    super(message);
    this.code = code;
    this.codeName = codeName;
  }
}

export class MongoNetworkError extends MongoError {
  override get name(): string {
    return 'MongoNetworkError';
  }
}

export class MongoNetworkTimeoutError extends MongoNetworkError {
  override get name(): string {
    return 'MongoNetworkTimeoutError';
  }
}

export class MongoServerSelectionError extends MongoError {
  override get name(): string {
    return 'MongoServerSelectionError';
  }
}

export class MongoWaitQueueTimeoutError extends MongoError {
  override get name(): string {
    return 'MongoWaitQueueTimeoutError';
  }
}

export class MongoNotConnectedError extends MongoError {
  override get name(): string {
    return 'MongoNotConnectedError';
  }
}

export const duplicateKey = (collection: string, id: string): MongoServerError =>
  new MongoServerError(11_000, 'DuplicateKey', `E11000 duplicate key error collection: ${collection} _id: "${id}"`);

export const notWritablePrimary = (): MongoServerError =>
  new MongoServerError(10_107, 'NotWritablePrimary', 'not primary');

export const maxTimeExpired = (): MongoServerError =>
  new MongoServerError(50, 'MaxTimeMSExpired', 'operation exceeded time limit');

export const notReadable = (): MongoServerError =>
  new MongoServerError(13_436, 'NotPrimaryOrSecondary', 'node is recovering');
