/** What a scenario of blue/green is made of. The scenarios themselves are in scenarios/ and crash-scenarios.ts. */
import type { Configuration } from '../../../infra/config/index.ts';
import type { Colour, Names } from '../../../infra/names.ts';
import type { TimedEvent, WorldEvent } from '../../../simulator/world/events.ts';
import type { PushedRelease } from '../../../simulator/world/releases.ts';
import type * as wants from '../../drill/wants.ts';
import type { Slug } from '../../slugs.ts';
import type { Asked } from './evidence.ts';
import type { OwnPolicy } from './policy.ts';

export const OUTCOMES = [
  /** The newest release is committed and serves. */
  'committed',
  /** Users had met it, and were taken back to what was committed before. */
  'rolled-back',
  /** It was committed, and a person took it back to the one before. */
  'returned',
  /** It was begun, and ended before any user met it. */
  'abandoned',
  /** It was never begun, and a person can read why. */
  'refused',
  /** It waits: for evidence, for its turn, for the end of a freeze. */
  'waiting',
  /** Nothing happened at all. */
  'undisturbed',
  /** Users are left between two releases, or nobody knows. */
  'incomplete',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Effects are all in the region of the drill. */
export type Want = wants.Want<'here'>;

/** A release as the pipeline pushes it; region and repository are the drill's. */
export type Release = Omit<PushedRelease, 'region' | 'repository'>;

/** Something a driver does at a moment, beyond world events. */
export type Act =
  /** The pipeline pushes an image. */
  | { readonly act: 'push'; readonly release: Release }
  /** A person asks for a digest again: the image under this tag, or under the tag that ran when the drill began. */
  | { readonly act: 'request'; readonly kind: 'redeploy' | 'hotfix'; readonly tag: string; readonly reason: string }
  /** A person decides about the release that runs, or about the one that was committed last. */
  | {
      readonly act: 'decide';
      readonly decision: Exclude<Asked['wish'], 'redeploy' | 'hotfix'>;
      readonly reason: string;
    }
  /** Somebody who is not Mainstay writes the weights: a deployment of the stack, a hand in the console. */
  | { readonly act: 'weights'; readonly live: number; readonly candidate: number }
  /** A person gives a colour another number of machines, within its bounds. */
  | { readonly act: 'size'; readonly colour: 'live' | 'candidate'; readonly machines: number }
  /** A person lets policies take a colour down to so many machines. */
  | { readonly act: 'least'; readonly colour: 'live' | 'candidate'; readonly machines: number }
  /** A schedule comes due within two minutes, and from then on a colour may have so many machines at most. */
  | { readonly act: 'schedule'; readonly colour: 'live' | 'candidate'; readonly most: number }
  /** An operator's alarm, by the end of its name, is set by hand as `aws cloudwatch set-alarm-state` does. */
  | { readonly act: 'alarm'; readonly name: string; readonly value: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' }
  /** Somebody who is not Mainstay ends all machines of a colour, as the console's "edit" does; idle: the one without users. */
  | { readonly act: 'empty'; readonly colour: 'live' | 'candidate' | 'idle' }
  /** So long after the first execution entered this state. */
  | { readonly act: 'after'; readonly state: string; readonly seconds: number; readonly does: Act }
  /** Region failover freezes deployments in this region, or ends that. */
  | { readonly act: 'freeze'; readonly frozen: boolean }
  /** The signing profile is found to be in wrong hands: every signature that it ever made is revoked. */
  | { readonly act: 'revoke' }
  /** A clean-up of the registry, which is not Mainstay's, deletes every image but the newest. */
  | { readonly act: 'deleteImages' }
  /** While a job ('reap', 'keep') holds the lease. */
  | { readonly act: 'whileJob'; readonly job: string; readonly does: Act }
  /** A person asks to move the application to the other region: nothing here may write from then on. */
  | { readonly act: 'move'; readonly reason: string }
  /** A capability that rested from the run's beginning goes on. */
  | { readonly act: 'wake'; readonly slug: Slug }
  /** Of a schedule of the soak: the run's own policy, in force from its beginning. */
  | { readonly act: 'policy'; readonly policy: OwnPolicy }
  /** As soon as an execution enters this state, before the state does anything: what happens to the world, then acts. */
  | {
      readonly act: 'eventsAt';
      readonly state: string;
      readonly events: (places: Places) => readonly WorldEvent[];
      readonly acts?: readonly Act[];
    }
  /** Stops the first execution that enters this state, before the state does anything. */
  | { readonly act: 'abortAt'; readonly state: string }
  /** The function's process dies right after this call was carried out for it. */
  | { readonly act: 'dieAfter'; readonly function: string; readonly call: string }
  /** Until it works: AWS may not answer whoever does it at first, and what it is about may not be there yet. */
  | { readonly act: 'try'; readonly of: Exclude<Act, { act: 'eventsAt' | 'abortAt' | 'dieAfter' | 'try' }> };

export interface Places {
  readonly region: string;
  readonly names: Names;
  readonly configuration: Configuration;
  /** The machine that makes releases. */
  readonly machine: string;
  /** Of when the drill began. */
  readonly live: Colour;
  readonly candidate: Colour;
}

/** Requests per second from the internet, by who has the release that is not committed. */
export interface Pace {
  /** Nobody. */
  readonly idle: number;
  /** Some of the users: what that release gets, whatever its share. */
  readonly fresh: number;
  /** Everybody. */
  readonly bake: number;
}

export interface Scenario {
  readonly title: string;
  /** Null where nothing but the invariants can be stated beforehand. */
  readonly expected: Outcome | null;
  /** Every release in it is good, so that no user may lose a request by the switch. */
  readonly healthy?: true;
  readonly events?: (places: Places) => readonly TimedEvent[];
  readonly acts: readonly (Act & { readonly afterSeconds: number })[];
  /** How long the world is watched, unless it is over sooner. */
  readonly seconds: number;
  /** Watched to the end even when a release is over sooner: something is still to happen. */
  readonly toTheEnd?: true;
  /** What the environment's policy says otherwise in this scenario. */
  readonly policy?: OwnPolicy;
  /** Users that come back with the load balancer's cookie, where the policy lets the rule be sticky. */
  readonly returningUsers?: true;
  /** Requests per second from the internet. */
  readonly ratePerSecond?: number;
  /** The same by what Mainstay does: few users are enough where nothing is judged by them. */
  readonly pace?: Pace;
  /** Users come for so long before anything happens; up to a minute longer, as the seed says. */
  readonly usersBeforeSeconds?: number;
  /** For how long random faults come beside the scenario; left out when none do. */
  readonly disturbedSeconds?: number;
  /** A capability whose schedules are off until an act wakes it. */
  readonly resting?: Slug;
  /** Watched on, after `seconds`, until nothing is unsettled any more. */
  readonly settlesWithinSeconds?: number;
  /** Every effect that is wanted. Any other is wrong. */
  readonly wants: readonly Want[];
}
