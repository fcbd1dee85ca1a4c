/** What an operation throws: AWS's error by its AWS name, or a sign that the simulator itself lacks something. */

/** An error of an AWS service as its clients see it. `code` is the shape's name, 'ConditionalCheckFailedException'. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  /** HTTP status; taken from the service's own schema when left out. */
  readonly status: number | undefined;
  /** Further members of the error shape, such as CancellationReasons. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { status?: number; members?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.members = options.members ?? {};
  }
}

/** The caller got no answer at all: a dark region or a cut link. On the wire the connection never opens. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly from: string;
  readonly to: string;

  constructor(from: string, to: string) {
    // Thousands of these in a run say nothing by where they were made, and a stack costs more than all else here.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${to} cannot be reached from ${from}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.from = from;
    this.to = to;
  }
}

/** The request arrived and was carried out, or not, but the answer never came. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

type GapListener = (gap: NotModelled) => void;

const listeners = new Set<GapListener>();

/** The simulator does not model this; answered as HTTP 501 NotImplemented and never as success. */
export class NotModelled extends Error {
  override readonly name = 'NotModelled';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    for (const listener of listeners) listener(this);
  }
}

/**
 * Tells of every NotModelled of this process from now on, also of those that a program catches and forgets. Returns how
 * to stop. It is per process, not per cloud: what refuses a program's use of Node.js knows no cloud.
 */
export function onNotModelled(listener: GapListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
