/**
 * What the world can prove about one drill. Taken from the databases' own writes, the users' own requests, the answers
 * that resolvers got and the calls that AWS accepted, never from Mainstay's records (those are judged against it).
 * All times are seconds since the run began.
 */

export interface Write {
  readonly t: number;
  readonly region: string;
  readonly epoch: number;
  readonly id: string;
  readonly kind: string;
  readonly instance: string;
}

export interface UserRequest {
  readonly t: number;
  readonly kind: 'read' | 'write' | 'delete';
  /** 'user', or the Lambda or instance that asked. */
  readonly who: 'user' | 'probe';
  /** Where it was asked: 'internet' or a region. */
  readonly from: string;
  readonly host: string;
  readonly ok: boolean;
  /** The region that answered. */
  readonly region: string | null;
  readonly epoch: number | null;
  readonly seconds: number;
}

export interface Job {
  readonly t: number;
  readonly region: string;
  readonly epoch: number;
}

export interface Claim {
  readonly executionArn: string;
  readonly target: string;
  readonly by: string;
  /** True when a person asked for it, or approved it when asked. */
  readonly person: boolean;
  /** The loss that the person who asked for it accepted in so many words. */
  readonly acceptedLossSeconds: number;
  /** The guards whose questions a person approved, such as 'lag'. */
  readonly approved: readonly string[];
}

/** The application's item in the authority table after one change. */
export interface Authority {
  readonly t: number;
  readonly epoch: number;
  readonly holder: string;
  readonly counter: number;
  readonly phase: 'active' | 'fencing' | 'promoting';
  readonly automation: 'on' | 'off';
  readonly movedAt: number | null;
  readonly claim: Claim | null;
}

/** One serving region as it really was at a moment. */
export interface RegionSample {
  /** Dark, or out of reach of every other region. */
  readonly lost: boolean;
  readonly healthyTargets: number;
  /** The region's own cluster takes writes and no other region's does, as storage sees it. */
  readonly writable: boolean;
  readonly clusterStatus: string;
  readonly databaseEpoch: number | null;
  readonly consumersEpoch: number | null;
  readonly deploymentsFrozen: boolean | null;
  readonly moved: boolean | null;
}

export interface Sample {
  readonly t: number;
  readonly regions: Readonly<Record<string, RegionSample>>;
}

/** A change that one of Mainstay's roles asked AWS for. */
export interface Call {
  readonly t: number;
  /** Of the endpoint that was called. */
  readonly region: string;
  /** Where the caller runs. */
  readonly from: string;
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly error: string | null;
  /** The same request again, sent by the network and not by the caller. */
  readonly resent: boolean;
  /** Right before it, the caller was shown the past by this service. */
  readonly misled: boolean;
}

/** A promotion that AWS accepted, with what was true at that moment. */
export interface Promotion {
  readonly t: number;
  readonly region: string;
  /** How far the target's data was behind the old writer's; null when nothing was written yet. */
  readonly lagSeconds: number | null;
  /** Whether storage ever made the target the writer; until then nothing is lost. */
  readonly tookEffect: boolean;
}

export interface ExecutionStep {
  readonly name: string;
  readonly from: number;
  readonly until: number;
}

export interface Execution {
  readonly arn: string;
  readonly region: string;
  readonly status: string;
  readonly from: number;
  readonly until: number | null;
  readonly steps: readonly ExecutionStep[];
  /** The guards whose questions a person approved while it waited. */
  readonly approved: readonly string[];
  /** The request: who asked for what. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>> | null;
}

export interface Message {
  readonly t: number;
  readonly region: string;
  readonly subject: string;
}

export interface Policy {
  readonly serving: readonly [string, string];
  readonly witness: string;
  readonly domain: string;
  readonly dwellSeconds: number;
  readonly lagSecondsMax: number;
  readonly cooldownSeconds: number;
  readonly leaseSeconds: number;
  readonly driftSeconds: number;
  readonly longestWriteSeconds: number;
  readonly probes: number;
  /** Healthy targets a region needs before it may get users. */
  readonly capacityFloor: number;
}

export interface Evidence {
  readonly policy: Policy;
  readonly writes: readonly Write[];
  readonly requests: readonly UserRequest[];
  readonly jobs: readonly Job[];
  readonly authority: readonly Authority[];
  readonly samples: readonly Sample[];
  readonly calls: readonly Call[];
  readonly promotions: readonly Promotion[];
  readonly executions: readonly Execution[];
  readonly messages: readonly Message[];
  /** What IAM refused to a role of the application, in AWS's words. */
  readonly refusals: readonly string[];
  /** When the scenario's fault began. */
  readonly faultAt: number;
  /** When the last of the random faults beside the scenario had ended; null when there were none. */
  readonly disturbedUntil: number | null;
  readonly endedAt: number;
}

/** A call that failed changed nothing, except when only its answer was lost. */
export const wasCarriedOut = ({ error }: { readonly error?: string | null }): boolean =>
  error == null || error === 'AnswerLost';

/** The last element at or before `t`. */
export function at<T extends { readonly t: number }>(list: readonly T[], t: number): T | undefined {
  let found: T | undefined;
  for (const entry of list) {
    if (entry.t > t) break;
    found = entry;
  }
  return found;
}
