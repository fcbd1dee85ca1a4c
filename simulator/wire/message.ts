/** HTTP as the wire sees it: whole requests and whole answers, header names in lower case. */
import type { Place } from '../faults.ts';

export interface WireRequest {
  /** Where the caller runs. */
  readonly from: Place;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Plain bytes: the SDK's serializers return a Uint8Array that poses as a string, with a warning when it is taken so. */
export const bytesOf = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? encoder.encode(body) : new Uint8Array(body.buffer, body.byteOffset, body.byteLength);

export const textOf = (body: Uint8Array): string => decoder.decode(body);
