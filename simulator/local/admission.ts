/**
 * Who may speak to the local endpoint at all: programs of this machine that mean it. A web page that had its own name
 * resolved to 127.0.0.1 (DNS rebinding) sends a foreign Host, one that calls from elsewhere a foreign Origin.
 */
import type { Received } from './received.ts';

/** Where a request is addressed to. */
export interface Addressed {
  /** Of 'bucket.localhost': S3's virtual-hosted style. */
  readonly bucket: string | undefined;
}

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * RFC 6761 §6.3: names under localhost always mean this machine, so no other can pretend to be one.
 */
const BUCKET = /^([a-z0-9][a-z0-9.-]*)\.localhost(?::\d{1,5})?$/i;

/** Returns where the request is addressed to, or in one sentence why it is refused. */
export function admit(request: Received, hosts: readonly string[], port: number): Addressed | string {
  const [host = '', ...others] = hosts;
  if (others.length > 0) return 'A request names one Host.';
  const bucket = BUCKET.exec(host)?.[1]?.toLowerCase();
  if (bucket === undefined && !LOOPBACK.test(host)) {
    return `Host '${printable(host)}' is not served here; use 127.0.0.1:${port} or localhost:${port}.`;
  }
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && !ownOrigins(port).includes(origin.toLowerCase())) {
    return `Origin '${printable(origin)}' may not call this endpoint.`;
  }
  // A page's image or script says nothing of its origin, but the browser tells that it is another.
  if (site === 'cross-site' || site === 'same-site') return 'Pages of other sites may not call this endpoint.';
  return { bucket };
}

const ownOrigins = (port: number): string[] =>
  ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`);

const printable = (text: string): string => text.replace(/[^\x21-\x7e]/g, '?').slice(0, 100);
