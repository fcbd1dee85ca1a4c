/**
 * Whose are the answers 5xx that the load balancer gave by itself? Pure; used by `judge`.
 *
 * HTTPCode_ELB_5XX_Count has no target group. RequestCount, of requests for which a target was chosen, and
 * HTTPCode_Target_2XX to 5XX_Count, of answers by targets, have one ("CloudWatch metrics for your Application Load
 * Balancer"). What they differ by is what the load balancer had to answer in the place of a colour's targets: with 502 or
 * 504, for connections that were refused, timed out or broken off, and for silence ("Troubleshoot your Application Load
 * Balancers"). TargetConnectionErrorCount has a target group too, but sees only the first two, and counts connections.
 *
 * Such an answer is the old release's where both counts say so: the old one left so many unanswered, and the new one did
 * not. Clients that hang up (460) and changes to WebSocket (101) leave a request without a target's answer as well; of the
 * new release that counts against it, of the old one it forgives no more than the new one has certainly not caused. 500,
 * 503 and the rest came without a target: nothing forgives those.
 */
import type { BalancerMinute, Minute } from '../shared/release-ports.ts';

export interface AttributedMinute {
  /** That the load balancer got, with those for which it had no target. */
  readonly requests: number;
  /** Its own 5xx that are not the old release's. */
  readonly against: number;
  /** Those of which it is not known whose they are: neither forgiven nor held against anybody. */
  readonly open: number;
  /** Of `against`, those that the new release certainly left unanswered. */
  readonly own: number;
}

export interface Counts {
  readonly balancer: BalancerMinute;
  /** Of the same minute; undefined when nothing was published. */
  readonly ours: Minute | undefined;
  readonly other: Minute | undefined;
  /** Everything that is counted in it has been published. */
  readonly whole: boolean;
  /** The old release is meant to have users: then it counts requests in every minute. */
  readonly shared: boolean;
}

export function attribute({ balancer, ours, other, whole, shared }: Counts): AttributedMinute {
  const gateway = balancer.gateway ?? 0;
  const errors = Math.max(balancer.errors ?? 0, gateway);
  const untargeted = errors - gateway;
  const requests = Math.max((balancer.requests ?? 0) + untargeted, errors);
  if (!whole && (shared || balancer.requests === null)) return { requests, against: 0, open: errors, own: 0 };

  const theirs = other?.unanswered ?? (shared ? null : 0);
  const mine = ours?.unanswered ?? null;
  if (theirs === 0) return { requests, against: errors, open: 0, own: whole ? Math.min(mine ?? 0, gateway) : 0 };
  if (theirs === null || mine === null) return { requests, against: untargeted, open: gateway, own: 0 };
  const forgiven = Math.min(theirs, gateway - Math.min(mine, gateway));
  const own = Math.min(mine, gateway - Math.min(theirs, gateway));
  return { requests, against: errors - forgiven, open: 0, own };
}
