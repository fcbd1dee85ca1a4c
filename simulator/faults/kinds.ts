/**
 * Everything that can be made to go wrong, as plain records: what drills list and the soak draws, kept in
 * `cloud.state.faults` so that it forks, is saved and replays. `addFault` puts one in force (../faults.ts).
 */
import type { WorldEvent } from '../world/events.ts';

/** A region name, or 'internet' for users and other outsiders. */
export type Place = string;

/** What every fault has. A standing one lasts as long as it is in force; the others strike single occasions. */
export interface Standing {
  /** Name of its hits and of its own stream of randomness. Derived from the record when left out. */
  readonly id?: string;
  /** In force from here (included) until there (excluded); milliseconds since the epoch, virtual. */
  readonly from?: number;
  readonly until?: number;
}

/** A fault that strikes single occasions. Left-out members do not restrict. */
export interface Common extends Standing {
  /** Of each match, drawn from the fault's own stream. Default 1. */
  readonly probability?: number;
  /** At most so many hits. */
  readonly times?: number;
  /** Only the n-th match since it is in force, counted from 1. */
  readonly nth?: number;
}

/** Which calls of AWS's APIs. */
export interface Calls extends Common {
  /** IAM prefix: 'dynamodb', 'rds', 'states'. */
  readonly service?: string;
  readonly operation?: string;
  /** The region whose endpoint is called. */
  readonly region?: string;
  /** Where the caller runs. */
  readonly place?: Place;
  /** A role's name, its session (a function's name, an instance's id), or a service ('events.amazonaws.com'). */
  readonly by?: string;
  /** Top-level members of the input with exactly these values, e.g. {TableName: 'orders'}. */
  readonly input?: Readonly<Record<string, string | number | boolean>>;
}

/** Refused by AWS name, before the call does anything: any error of the service's model. */
export interface ErrorFault extends Calls {
  readonly kind: 'error';
  readonly error: string;
}

/** Refused with the service's own throttling error, which the SDKs retry with longer pauses. */
export interface ThrottleFault extends Calls {
  readonly kind: 'throttle';
}

/** Refused with the service's own error for a used-up quota (LimitExceededException, InstanceLimitExceeded, …). */
export interface QuotaFault extends Calls {
  readonly kind: 'quota';
}

/** Slow by `beforeMs` ahead of the deed and `afterMs` behind it (a caller that gives up meanwhile leaves it done). */
export interface LatencyFault extends Calls {
  readonly kind: 'latency';
  readonly beforeMs?: number;
  readonly afterMs?: number;
}

/** Slow ahead of the deed by a draw of 0 to `withinMs` for each request, so that later ones overtake earlier ones. */
export interface ReorderFault extends Calls {
  readonly kind: 'reorder';
  readonly withinMs: number;
}

/** The request is lost on its way: nothing is done and no answer comes. */
export interface DropFault extends Calls {
  readonly kind: 'drop';
}

/** Timeout after success: the call is carried out and its answer is lost. */
export interface LoseAnswerFault extends Calls {
  readonly kind: 'lose-answer';
}

/**
 * Carried out twice, the second time `againMs` later: the first answer is lost on the connection and the same bytes are
 * sent again, as HTTP clients and the SDKs do. The caller gets the second answer. Only calls of running code.
 */
export interface DuplicateFault extends Calls {
  readonly kind: 'duplicate';
  readonly againMs?: number;
}

/** Batch operations do a part: each entry fails with this probability, as the operation's answer reports it. */
export interface PartialFault extends Calls {
  readonly kind: 'partial';
  readonly share: number;
}

/** Eventually consistent reads answer as of `staleMs` ago; reads that are documented as consistent never do. */
export interface StaleReadFault extends Calls {
  readonly kind: 'stale-read';
  readonly staleMs: number;
}

/** A key of KMS cannot be used; the services that use it pass that on in their own words. */
export interface KmsFault extends Common {
  readonly kind: 'kms';
  readonly region?: string;
  /** Key id, ARN or alias name. */
  readonly key?: string;
  readonly error:
    | 'AccessDeniedException'
    | 'DisabledException'
    | 'KMSInvalidStateException'
    | 'KeyUnavailableException';
}

/** The endpoint of one service in a region cannot be connected to, from everywhere or from one place. */
export interface EndpointFault extends Common {
  readonly kind: 'endpoint';
  readonly service: string;
  readonly region: string;
  readonly place?: Place;
}

/** Which deliveries of events to their targets. */
export interface Deliveries extends Common {
  /** Rules of a bus, schedules, actions of alarms, messages of SNS and of SQS (which loses none). */
  readonly channel?: 'rule' | 'schedule' | 'alarm' | 'topic' | 'queue';
  readonly region?: string;
  /** Of the event: 'aws.states'. */
  readonly source?: string;
  readonly detailType?: string;
  /** Name of the rule, schedule, alarm, topic or queue. */
  readonly name?: string;
  /** ARN of the target, or the end of it. */
  readonly target?: string;
}

/** Never delivered, and nobody is told. */
export interface LostEventFault extends Deliveries {
  readonly kind: 'event-lost';
}

/** Delivered again, `againMs` later. */
export interface DuplicateEventFault extends Deliveries {
  readonly kind: 'event-duplicate';
  readonly againMs?: number;
}

/** Delivered late by a draw of `minMs` to `maxMs`, so that events overtake each other. */
export interface LateEventFault extends Deliveries {
  readonly kind: 'event-late';
  readonly minMs?: number;
  readonly maxMs: number;
}

/**
 * A function's process dies: as it loads ('init'), as an invocation begins ('start'), right before or right after a call
 * of AWS (after: the deed is done, the answer unseen), or when it is done and has not said so ('end').
 */
export interface FunctionCrashFault extends Common {
  readonly kind: 'function-crash';
  readonly region?: string;
  /** Its name, or its description. */
  readonly function?: string;
  readonly moment: 'init' | 'start' | 'before-call' | 'after-call' | 'end';
  /** Of the call: 'dynamodb:UpdateItem'. Only with the moments about calls. */
  readonly call?: string;
}

/** Lambda has no room for an invocation: TooManyRequestsException. */
export interface FunctionThrottleFault extends Common {
  readonly kind: 'function-throttle';
  readonly region?: string;
  readonly function?: string;
}

/** Which entries of executions into states. */
export interface StateEntries extends Common {
  readonly region?: string;
  /** Name of the state machine. */
  readonly machine?: string;
  readonly state?: string;
}

/** The execution is aborted as it enters the state, before the state does anything. */
export interface ExecutionAbortFault extends StateEntries {
  readonly kind: 'execution-abort';
}

/** Something happens to the world as an execution enters the state. */
export interface StateTriggerFault extends StateEntries {
  readonly kind: 'at-state';
  readonly events: readonly WorldEvent[];
}

/** EC2 has no capacity left in a zone, or in all of a region. */
export interface ShortageFault extends Common {
  readonly kind: 'shortage';
  readonly region: string;
  /** 'us-east-2a' */
  readonly zone?: string;
}

/** Instances take `factor` times as long to boot and to start their application. */
export interface SlowBootFault extends Common {
  readonly kind: 'slow-boot';
  readonly region: string;
  readonly factor: number;
}

/** An instance launched under this fault never passes a load balancer's health check. */
export interface SickInstanceFault extends Common {
  readonly kind: 'sick-instance';
  readonly region: string;
  readonly zone?: string;
}

/** Changes of a load balancer's rules reach its nodes so much later. */
export interface SlowRulesFault extends Common {
  readonly kind: 'slow-rules';
  readonly region: string;
  readonly addedMs: number;
}

/** A global cluster's promotion takes `addedMs` longer; without it stays 'failing-over' while the fault is in force. */
export interface StuckPromotionFault extends Common {
  readonly kind: 'stuck-promotion';
  /** Of the cluster that is to become the writer. */
  readonly region?: string;
  readonly globalClusterId?: string;
  readonly addedMs?: number;
}

/** Secondaries fall behind: by a fixed part, and one that grows while the fault is in force. */
export interface ReplicationLagFault extends Standing {
  readonly kind: 'replication-lag';
  readonly globalClusterId: string;
  readonly addedMs: number;
  readonly growsBySecondMs?: number;
}

/** Secondaries stay at what they have. */
export interface ReplicationStopFault extends Standing {
  readonly kind: 'replication-stop';
  readonly globalClusterId: string;
  /** Of the secondary. */
  readonly region?: string;
}

/** Each database operation in the region takes so much longer. */
export interface SlowDatabaseFault extends Common {
  readonly kind: 'slow-database';
  readonly region: string;
  readonly addedMs: number;
}

/** Each wait for a pooled database connection in the region takes so much longer. */
export interface SlowPoolFault extends Common {
  readonly kind: 'slow-pool';
  readonly region: string;
  readonly addedMs: number;
}

/** A region's wall clocks are off; where the fault begins or ends during the run they jump. Monotonic clocks do not. */
export interface ClockSkewFault extends Standing {
  readonly kind: 'clock-skew';
  readonly region: string;
  readonly byMs: number;
}

/** Processes of a region are starved: each of their timers and each answer reaches them so much later. */
export interface SlowProcessFault extends Standing {
  readonly kind: 'slow-process';
  readonly region: string;
  /** Instance id or function name. */
  readonly process?: string;
  readonly addedMs: number;
}

/** One direction between two places; '*' stands for every other place. */
export interface Link extends Standing {
  readonly sender: Place | '*';
  readonly receiver: Place | '*';
}

/** Nothing passes. */
export interface CutFault extends Link {
  readonly kind: 'cut';
}

/** Each request or answer is lost with the fault's probability. */
export interface PacketLossFault extends Link, Common {
  readonly kind: 'packet-loss';
}

/** Each request or answer takes so much longer: grey, not down. */
export interface SlowLinkFault extends Link, Common {
  readonly kind: 'slow-link';
  readonly addedMs: number;
}

/** Which resolvers. */
export interface Resolvers extends Common {
  /** Name of one resolver. */
  readonly resolver?: string;
  readonly place?: Place;
}

/** Keeps answers `factor` times their time to live; without it for ever. The probability is drawn once a resolver. */
export interface DnsHoldFault extends Resolvers {
  readonly kind: 'dns-hold';
  readonly factor?: number;
}

/** Gets no answer from name servers: goes on with what it has ('stale'), or answers nothing ('fail'). */
export interface DnsFailureFault extends Resolvers {
  readonly kind: 'dns-failure';
  readonly answers: 'stale' | 'fail';
}

/** Takes a name for missing when it asks for it, and keeps that for `holdSeconds`, whatever other answers are kept. */
export interface DnsNegativeFault extends Resolvers {
  readonly kind: 'dns-negative';
  readonly name?: string;
  readonly holdSeconds: number;
}

/** This part of the users looks a name up once and never again. */
export interface StickyUsersFault extends Standing {
  readonly kind: 'sticky-users';
  readonly place?: Place;
  readonly share: number;
}

/** Route 53's health checkers of these regions see every endpoint so, or report nothing. */
export interface CheckersFault extends Standing {
  readonly kind: 'checkers';
  /** Of checkers: 'eu-west-1'. */
  readonly regions: readonly string[];
  readonly see: 'healthy' | 'unhealthy' | 'nothing';
  /** Only this health check. */
  readonly healthCheckId?: string;
}

export type CallFault =
  | ErrorFault
  | ThrottleFault
  | QuotaFault
  | LatencyFault
  | ReorderFault
  | DropFault
  | LoseAnswerFault
  | DuplicateFault
  | PartialFault
  | StaleReadFault;

export type DeliveryFault = LostEventFault | DuplicateEventFault | LateEventFault;

export type LinkFault = CutFault | PacketLossFault | SlowLinkFault;

export type Fault =
  | CallFault
  | KmsFault
  | EndpointFault
  | DeliveryFault
  | FunctionCrashFault
  | FunctionThrottleFault
  | ExecutionAbortFault
  | StateTriggerFault
  | ShortageFault
  | SlowBootFault
  | SickInstanceFault
  | SlowRulesFault
  | StuckPromotionFault
  | ReplicationLagFault
  | ReplicationStopFault
  | SlowDatabaseFault
  | SlowPoolFault
  | ClockSkewFault
  | SlowProcessFault
  | LinkFault
  | DnsHoldFault
  | DnsFailureFault
  | DnsNegativeFault
  | StickyUsersFault
  | CheckersFault;

export type FaultKind = Fault['kind'];

/** A fault whose time begins when it is put in force. */
export type PlannedFault = WithoutWindow<Fault>;

type WithoutWindow<F> = F extends Fault ? Omit<F, 'from' | 'until'> : never;
