/**
 * HTTP to everything that is not AWS's own API: providers of notifications; else name → load balancer → instance → application. Used by the users and,
 * through the simulated network, by functions that probe the application.
 */
import type { Cloud } from '../cloud.ts';
import { Unreachable } from '../errors.ts';
import { crossing } from '../faults/links.ts';
import { countRequest, type Passed } from '../services/elbv2/metrics.ts';
import { route } from '../services/elbv2/routing.ts';
import { type Destination, resolve, resolverOf } from './dns.ts';
import { runningOn } from './instances.ts';
import { type LedgerRequest, type LedgerTarget, ledgerOf } from './ledger.ts';
import { REFUSED, RESET } from './no-answer.ts';
import { elapsed, later, oneWayMs } from './place.ts';
import { type InstanceResponse, instanceRequest } from './processes.ts';
import { askProvider, providerOf } from './providers/index.ts';

/** An HTTP request as the simulated network hands it over. */
export interface WorldRequest {
  readonly from: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WorldResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** A request of a client that has chosen its resolver. */
export interface ClientRequest {
  readonly from: string;
  readonly resolver: string;
  readonly host: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The load balancer gives an instance this long (application load balancers' default idle timeout). */
const IDLE_TIMEOUT_MS = 60_000;

/**
 * Answers one request that comes from running code.
 * @throws Unreachable when the name does not resolve, or when request or answer is lost on the way.
 */
export async function worldHttp(cloud: Cloud, request: WorldRequest): Promise<WorldResponse> {
  const startedAt = cloud.now;
  const { from, method, url } = request;
  const provider = providerOf(cloud, url.hostname);
  if (provider) return askProvider(cloud, provider, request);
  const resolver = resolverOf(cloud, from);
  const destination = resolve(cloud, resolver, url.hostname);
  let answer: Answer | null = null;
  try {
    if (!destination) throw new Unreachable(from, url.hostname);
    answer = await send(cloud, destination, {
      from,
      resolver,
      host: url.hostname,
      method,
      path: url.pathname + url.search,
      headers: request.headers,
      body: new TextDecoder().decode(request.body),
    });
    return { status: answer.status, headers: { ...answer.headers }, body: new TextEncoder().encode(answer.body) };
  } finally {
    ledgerOf(cloud).requests.push({
      t: startedAt - cloud.state.startedAt,
      kind: KINDS[method] ?? 'read',
      who: 'probe',
      from,
      host: url.hostname,
      resolvedRegion: destination?.region ?? null,
      ms: elapsed(cloud) - (startedAt - cloud.state.startedAt),
      ...told(answer),
      cookie: cookieIn(request.headers),
    });
  }
}

/** The load balancer's cookie in a request; null without one. */
const cookieIn = ({ cookie }: Readonly<Record<string, string>>): string | null =>
  /(?:^|;\s*)(AWSALBTG=[^;]*)/.exec(cookie ?? '')?.[1] ?? null;

const KINDS: Readonly<Record<string, LedgerRequest['kind']>> = { POST: 'write', DELETE: 'delete' };

/** What an answer says about itself, as the ledger keeps it. */
export function told(answer: Answer | null) {
  const epoch = Number(answer?.headers['x-epoch']);
  return {
    ok: answer !== null && answer.status < 400,
    status: answer?.status ?? null,
    region: answer?.headers['x-region'] ?? null,
    epoch: answer && Number.isFinite(epoch) ? epoch : null,
    digest: answer?.headers['x-release-digest'] ?? null,
    target: answer?.target ?? null,
  };
}

/**
 * The way there, the load balancer's choice, the application, the way back.
 * @throws Unreachable when either way is broken at the moment of passing it
 */
export async function send(cloud: Cloud, to: Destination, request: ClientRequest): Promise<Answer> {
  await travel(cloud, request.from, to.region);
  const answer = await balance(cloud, to, request);
  await travel(cloud, to.region, request.from);
  return answer;
}

async function balance(cloud: Cloud, to: Destination, request: ClientRequest): Promise<Answer> {
  const { method, path, body } = request;
  const { region } = to;
  const headers = { ...request.headers, host: request.host };
  const chosen = route(cloud, region, to.dnsName, { method, path, headers });
  const { loadBalancerArn, targetGroupArn } = chosen;
  if (!('instanceId' in chosen)) {
    const because = targetGroupArn === undefined ? 'fixed' : 'no-target';
    countRequest(cloud, region, { loadBalancerArn, targetGroupArn, status: chosen.status, because });
    return { status: chosen.status, headers: chosen.headers, body: chosen.body };
  }
  const { instanceId: id, setCookie } = chosen;
  // As it is now: by the time of the answer something else may run there.
  const target = { id, targetGroupArn: chosen.targetGroupArn, ...runningOn(cloud, id) };
  const startedAt = cloud.now;
  const answer = await within(cloud, IDLE_TIMEOUT_MS, instanceRequest(cloud, id, { method, path, headers, body }));
  const because = UNANSWERED.get(answer);
  const targetMs = because === undefined ? cloud.now - startedAt : undefined;
  countRequest(cloud, region, { loadBalancerArn, targetGroupArn, status: answer.status, targetMs, because });
  if (because !== undefined) return { ...answer, target };
  return {
    ...answer,
    ...(setCookie !== undefined && { headers: { ...answer.headers, 'set-cookie': setCookie } }),
    target,
  };
}

/** What comes back to a client, and who gave it. */
export interface Answer extends InstanceResponse {
  readonly target?: LedgerTarget;
}

const GATEWAY_TIMEOUT: InstanceResponse = { status: 504, headers: {}, body: '' };

const UNANSWERED: ReadonlyMap<InstanceResponse, NonNullable<Passed['because']>> = new Map([
  [REFUSED, 'connection'],
  [RESET, 'reset'],
  [GATEWAY_TIMEOUT, 'timeout'],
]);

/** The answer, or 504 when the time is over first. */
function within(cloud: Cloud, limitMs: number, answer: Promise<InstanceResponse>): Promise<InstanceResponse> {
  return new Promise((resolve, reject) => {
    const timer = later(cloud, limitMs, () => resolve(GATEWAY_TIMEOUT));
    answer.then((response) => {
      cloud.clock.cancelLive(timer);
      resolve(response);
    }, reject);
  });
}

function travel(cloud: Cloud, from: string, to: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!cloud.delivers(from, to)) {
      reject(new Unreachable(from, to));
      return;
    }
    const { lost, addedMs } = crossing(cloud, from, to);
    later(cloud, oneWayMs(cloud, from, to) + addedMs, () => {
      if (!lost && cloud.delivers(from, to)) resolve();
      else reject(new Unreachable(from, to));
    });
  });
}
