/**
 * How a release behaves beyond what its code does: slow, failing, leaking, crashing. The instances run the real package of
 * the application and this is applied around it, so that a bad release is bad in what users see. Set with the push
 * (releases.ts), applied by instances.ts.
 */
import type { Random } from '../random.ts';
import { RESET } from './no-answer.ts';
import type { InstanceRequest, InstanceResponse } from './processes.ts';

/** Left-out members change nothing. Times are in milliseconds, shares between 0 and 1. */
export interface ReleaseBehaviour {
  /** Part of the application's requests that are answered with 500 and do nothing else. Drawn for each request. */
  readonly errorShare?: number;
  /** Part of the application's requests whose connection it closes without an answer. Drawn for each request. */
  readonly hangUpShare?: number;
  /** What each answer of the application takes longer: log-normal through these two percentiles. */
  readonly latencyMs?: { readonly p50: number; readonly p95: number };
  /** This part of the answers takes so much longer on top. */
  readonly slowTail?: { readonly share: number; readonly addedMs: number };
  /** Health checks pass, and every request of the application gets this status. */
  readonly brokenStatus?: number;
  /** What health checks are answered with. */
  readonly healthStatus?: number;
  /** The process ends by itself so long after each start. */
  readonly crashesAfterMs?: number;
  /** Leaks memory with each request of the application; the kernel kills the process at this one (OOM). */
  readonly oomAfterRequests?: number;
  /** From the pulled image until the process listens. */
  readonly warmUpMs?: number;
  /** What it names as its digest, in answers and in /ready, instead of its own. */
  readonly reportsDigest?: string;
}

/** The application's contract: what load balancers and observers ask (app/app.ts). Everything else is its work. */
const HEALTH_PATHS: readonly string[] = ['/health', '/ready'];

/** @throws RangeError that names the member and its value */
export function checkBehaviour(behaviour: ReleaseBehaviour): void {
  const { latencyMs, slowTail } = behaviour;
  const { errorShare, hangUpShare } = behaviour;
  const shares = { errorShare, hangUpShare, 'slowTail.share': slowTail?.share };
  for (const [name, value] of Object.entries(shares)) {
    if (value !== undefined && !(value >= 0 && value <= 1)) refuse(name, value, 'be between 0 and 1');
  }
  const { crashesAfterMs, oomAfterRequests, warmUpMs } = behaviour;
  const amounts = { crashesAfterMs, oomAfterRequests, warmUpMs, 'slowTail.addedMs': slowTail?.addedMs };
  for (const [name, value] of Object.entries({ ...amounts, 'latencyMs.p50': latencyMs?.p50 })) {
    if (value !== undefined && !(value >= 0)) refuse(name, value, 'not be negative');
  }
  if (latencyMs && !(latencyMs.p50 > 0 && latencyMs.p95 >= latencyMs.p50)) {
    refuse('latencyMs.p95', latencyMs.p95, `be at least p50 (${latencyMs.p50}), which must be above 0`);
  }
}

function refuse(name: string, value: number, must: string): never {
  throw new RangeError(`release behaviour: ${name} is ${value} and must ${must}`);
}

/** One process of a release, as what answers its requests sees it. */
export interface Running {
  readonly random: Random;
  /** Of every answer that the application itself does not give. */
  readonly identity: Readonly<Record<string, string>>;
  /** Lets the process's own time pass. */
  pause(milliseconds: number): Promise<void>;
  /** The kernel takes the process. */
  kill(why: string): void;
}

export type Handle = () => Promise<InstanceResponse>;

/** What stands between the requests and one process of the release; undefined when nothing has to. */
export function temper(
  behaviour: ReleaseBehaviour,
  running: Running,
): ((request: InstanceRequest, handle: Handle) => Promise<InstanceResponse>) | undefined {
  const { errorShare, hangUpShare, latencyMs, slowTail, brokenStatus, healthStatus, oomAfterRequests } = behaviour;
  const anything = [errorShare, hangUpShare, latencyMs, slowTail, brokenStatus, healthStatus, oomAfterRequests];
  if (anything.every((member) => member === undefined)) return undefined;
  const { random } = running;
  const plain = (status: number): InstanceResponse => ({ status, headers: running.identity, body: '' });
  let served = 0;
  return async ({ path }, handle) => {
    if (HEALTH_PATHS.includes(path.split('?')[0] ?? '/')) return healthStatus ? plain(healthStatus) : handle();
    served++;
    if (oomAfterRequests !== undefined && served > oomAfterRequests) running.kill('out of memory');
    // Drawn before anything is waited for, so that the order of answers does not change the draws.
    const fails = errorShare !== undefined && random.chance(errorShare);
    const hangsUp = hangUpShare !== undefined && random.chance(hangUpShare);
    let addedMs = latencyMs ? logNormal(random, latencyMs) : 0;
    if (slowTail && random.chance(slowTail.share)) addedMs += slowTail.addedMs;
    if (addedMs > 0) await running.pause(Math.round(addedMs));
    if (hangsUp) return RESET;
    if (brokenStatus !== undefined) return plain(brokenStatus);
    return fails ? plain(500) : handle();
  };
}

/** The 95th percentile of the standard normal distribution. */
const Z95 = 1.6448536;

function logNormal(random: Random, { p50, p95 }: { p50: number; p95: number }): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return p50 * Math.exp((Math.log(p95 / p50) / Z95) * normal);
}
