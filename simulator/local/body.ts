/** Reads a request's body, as long as it keeps to the limits. */
import type { IncomingMessage } from 'node:http';
import type { Reason } from './refusals.ts';

/** The body will not be had. The request may still be under way. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly reason: Extract<Reason, 'bodyTooLarge' | 'bodyTooSlow' | 'bodyIncomplete' | 'tooManyRequests'>;

  constructor(reason: BodyRefused['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Counts the bytes of all bodies that are held at once. */
export class BodyBudget {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Throws BodyRefused when there is no room; some comes back with `release`. */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#bytesMax) {
      throw new BodyRefused('tooManyRequests', 'The bodies of the requests under way are too large together.');
    }
    this.#bytes += bytes;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}

export interface BodyLimits {
  readonly bytesMax: number;
  readonly silenceMsMax: number;
  readonly budget: BodyBudget;
}

/** A body and how to say that it is no longer needed. */
export interface Body {
  readonly bytes: Uint8Array;
  release(): void;
}

/** Throws BodyRefused. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const { bytesMax, budget } = limits;
  const tooLarge = () => new BodyRefused('bodyTooLarge', `The request body is larger than ${bytesMax} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let held = 0;
  const release = (): void => {
    budget.release(held);
    held = 0;
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const silence = setTimeout(
    () =>
      reject(new BodyRefused('bodyTooSlow', 'The request was not read from or written to within the timeout period.')),
    limits.silenceMsMax,
  );
  const incomplete = () => reject(new BodyRefused('bodyIncomplete', 'The request body ends early.'));
  const take = (piece: Uint8Array): void => {
    silence.refresh();
    try {
      if (held + piece.byteLength > bytesMax) throw tooLarge();
      budget.take(piece.byteLength);
    } catch (error) {
      reject(error);
      return;
    }
    held += piece.byteLength;
    pieces.push(piece);
  };
  request.on('data', take).on('end', resolve).on('error', incomplete).on('close', incomplete);
  try {
    await promise;
    return { bytes: pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces), release };
  } catch (error) {
    release();
    throw error;
  } finally {
    clearTimeout(silence);
    request.off('data', take).off('end', resolve).off('error', incomplete).off('close', incomplete);
    request.on('error', () => {});
  }
}
