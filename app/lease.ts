/**
 * The write lease: this instance's own proof that its region may still write (DESIGN decision 2). It fails closed:
 * whoever cannot renew stops by itself, so a takeover needs nobody's cooperation, only patience.
 *
 * Not covered, and bounded by the takeover's drift second and the storage's own fence only: a packet that the network
 * holds back for longer than its share of the longest write, and a suspended (not merely stopped) virtual machine,
 * whose monotonic clock stands still.
 */
import type { Clock } from './clock.ts';

/** The last acknowledged heartbeat, told at each renewal so that the loss of a failover can be measured. */
export interface Acknowledged {
  /** ISO time of this instance's clock. */
  readonly at: string;
  readonly sequence: number;
}

export interface AuthorityState {
  readonly epoch: number;
  readonly holder: string;
  readonly phase: 'active' | 'fencing' | 'promoting';
}

/** The application's item in the authority table, through one region's endpoint. Each call throws when unanswered. */
export interface Authority {
  read(endpoint: string): Promise<AuthorityState>;
  /** One conditional write: refused unless the phase is active and holder and epoch are these. */
  renew(endpoint: string, claim: Claim): Promise<'renewed' | 'refused'>;
}

export interface Claim {
  readonly region: string;
  readonly epoch: number;
  /** ISO time of this instance's clock when the request left: the lease that it brings runs from then. */
  readonly at: string;
  readonly acknowledged: Acknowledged | null;
}

/** Leave to make one write. The write carries the epoch, and what already carries a higher one is left alone. */
export interface Admission {
  readonly epoch: number;
  /** Monotonic time after which the write may no longer be put on a socket. */
  readonly sendBy: number;
}

export interface LeaseOptions {
  readonly region: string;
  /** Regions of the authority's endpoints, any order; the own one is asked first. */
  readonly endpoints: readonly string[];
  readonly authority: Authority;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** From admission until the database has certainly taken or refused the write. */
  readonly longestWriteMs: number;
  /** The part of it that may pass before the write is on the socket. */
  readonly sendWithinMs: number;
  acknowledged(): Acknowledged | null;
}

export interface Lease {
  /** One round: learn the epoch if unknown, then renew. Never throws; an unanswered round just leaves time running. */
  maintain(): Promise<void>;
  /** Leave to write now, or null. */
  admit(): Admission | null;
  /** The authority as last seen; null before the first answer. */
  seen(): AuthorityState | null;
  /** Gives the lease up for good. */
  stop(): void;
}

export function createLease(options: LeaseOptions): Lease {
  const { region, authority, clock } = options;
  const endpoints = [region, ...options.endpoints.filter((endpoint) => endpoint !== region)];
  let seen: AuthorityState | null = null;
  let held: { epoch: number; endsAt: number } | null = null;
  let stopped = false;

  async function learnEpoch(): Promise<number | null> {
    const state = await firstAnswer(endpoints, (endpoint) => authority.read(endpoint));
    if (!state) return null;
    seen = state;
    return state.phase === 'active' && state.holder === region ? state.epoch : null;
  }

  async function renew(epoch: number): Promise<void> {
    const answer = await firstAnswer(endpoints, async (endpoint) => {
      // Guard (b): the lease runs from before the request left, however long the answer takes.
      const sentAt = clock.monotonicMs();
      const at = new Date(clock.now()).toISOString();
      const result = await authority.renew(endpoint, { region, epoch, at, acknowledged: options.acknowledged() });
      return { result, sentAt };
    });
    if (!answer || stopped) return;
    if (answer.result === 'refused') held = null;
    else held = { epoch, endsAt: answer.sentAt + options.leaseMs };
  }

  return {
    async maintain() {
      const epoch = held?.epoch ?? (await learnEpoch());
      if (epoch !== null && !stopped) await renew(epoch);
    },
    admit() {
      if (!held) return null;
      const now = clock.monotonicMs();
      // Guard (c): the longest write must end before the lease does.
      if (now + options.longestWriteMs >= held.endsAt) return null;
      return { epoch: held.epoch, sendBy: now + options.sendWithinMs };
    },
    seen: () => seen,
    stop() {
      stopped = true;
      held = null;
    },
  };
}

/** Asks the endpoints in turn; null when none answers. */
async function firstAnswer<T>(endpoints: readonly string[], ask: (endpoint: string) => Promise<T>): Promise<T | null> {
  for (const endpoint of endpoints) {
    try {
      return await ask(endpoint);
    } catch {
      // Why an endpoint did not answer makes no difference: the next one is asked, and the lease runs on.
    }
  }
  return null;
}
