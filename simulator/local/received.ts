/** A request as it came over the socket, with what signing needs and the wire does not: the raw target and header lines. */
import type { IncomingMessage } from 'node:http';
import { parseQueryString } from '@smithy/core/protocols';

export interface Received {
  readonly method: string;
  /** Path as sent, not decoded. */
  readonly path: string;
  readonly search: string;
  readonly query: Readonly<Record<string, string | string[]>>;
  /** Names in lower case; lines of one name joined by commas, as signatures see them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Throws URIError when the target's escapes cannot be read. */
export function received(request: IncomingMessage): Received {
  const target = request.url ?? '/';
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const search = at < 0 ? '' : target.slice(at);
  decodeURIComponent(path);
  const headers = Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, lines]) => [name, (lines ?? []).join(',')]),
  );
  // A bare name is signed as one with an empty value.
  const query = Object.fromEntries(
    Object.entries(parseQueryString(search)).map(([name, value]) => [name, value ?? '']),
  );
  return { method: request.method ?? 'GET', path, search, query, headers };
}
