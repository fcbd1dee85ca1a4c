/**
 * What the functions can see and do, in our words. Each adapter is in functions/shared/aws; tests use their own in
 * memory. Every set has a read that shows what became of it.
 */

export type Phase = 'active' | 'fencing' | 'promoting';

/** Who is moving the application, and why. On the application item while a move lasts. */
export interface Claim {
  readonly executionArn: string;
  readonly target: string;
  readonly from: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly declaredAt: string;
  /** When the witness first saw the region fail, by the witness's clock. */
  readonly impairedAt: string | null;
  /** The same as the target saw it, by the target's clock. */
  readonly seenAt: string | null;
  /** When the move began to turn the traffic; from then on anybody may lay the latch object that is his to lay. */
  readonly shiftedAt: string | null;
}

/** The one item that says who may write (docs/decisions/002-write-authority.md). */
export interface ApplicationItem {
  readonly epoch: number;
  readonly holder: string;
  /** Moves with every renewal of the write lease. */
  readonly counter: number;
  readonly phase: Phase;
  readonly automation: 'on' | 'off';
  /** The newest heartbeat write that the holder's application knew to be stored when it last renewed. */
  readonly acked: { readonly at: string; readonly sequence: number } | null;
  /** When the holder's application last renewed, by its own clock: what it writes later than a lease after that is refused. */
  readonly renewedAt: string | null;
  readonly movedAt: string | null;
  readonly claim: Claim | null;
}

/** How one serving region looks from one place. Slots are epoch seconds of the observer's own clock. */
export interface Vote {
  readonly state: 'healthy' | 'failing';
  /** The slot in which this state began, without a gap since. */
  readonly since: number;
  readonly slot: number;
  readonly detail: string;
}

export interface Observation {
  /** Where it was observed. */
  readonly region: string;
  readonly slot: number;
  readonly targets: Readonly<Record<string, Vote>>;
  /** The lease counter as last seen from here, and when it was first seen so. */
  readonly counter: { readonly value: number; readonly seenAt: string };
  /** What this region serves with; absent in the witness. */
  readonly self: { readonly capacity: number; readonly at: string } | null;
}

export interface Authority {
  /** Strongly consistent. @throws AuthorityNotReady */
  read(): Promise<ApplicationItem>;
  /** What the three observers last wrote; an observer that never wrote is missing. */
  observations(): Promise<Observation[]>;
}

/** The identity of one move; every change a step makes is checked against it. */
export interface Move {
  readonly executionArn: string;
  readonly target: string;
  readonly from: string;
  /** The epoch that this move makes: one above the one it found. */
  readonly epoch: number;
}

/** Each is one conditional write on the application item. @throws ClaimConflict when the condition does not hold */
export interface Moves {
  take(claim: Claim, epoch: number): Promise<void>;
  takeOver(from: string, to: string): Promise<void>;
  /** Back to exactly what the claim found. Only while nothing is promoted. */
  restore(executionArn: string): Promise<void>;
  /** The one-way step: the next epoch, with the target as holder, still without writes. */
  advance(move: Move): Promise<void>;
  open(move: Move): Promise<void>;
  /** The target is ready for the users. */
  shift(move: Move, shiftedAt: string): Promise<void>;
  /** The move is over and verified. */
  finish(move: Move, movedAt: string): Promise<void>;
}

export interface Observations {
  last(region: string): Promise<Observation | null>;
  /** False when another run already wrote this slot or a later one. */
  write(observation: Observation): Promise<boolean>;
}

/** Regional parameters that instances and pipelines read. Written by controllers only. */
export interface SettingValues {
  database: { readonly epoch: number; readonly endpoint: string; readonly reader: string };
  consumers: { readonly epoch: number; readonly enabled: boolean };
  deployments: { readonly epoch: number; readonly frozen: boolean; readonly by: string | null };
}

export interface Settings {
  read<K extends keyof SettingValues>(name: K): Promise<SettingValues[K] | null>;
  write<K extends keyof SettingValues>(name: K, value: SettingValues[K]): Promise<void>;
  /** Leaves a value that is there already. */
  seed<K extends keyof SettingValues>(name: K, value: SettingValues[K]): Promise<void>;
}

/** The object per region whose presence in two of three says: traffic belongs to the second serving region. */
export interface Latch {
  isMoved(region: string): Promise<boolean>;
  set(region: string, moved: boolean): Promise<void>;
}

/** A time by the witness region's clock, so that no two regions' clocks are compared. Null when it cannot be had. */
export interface WitnessClock {
  stamp(): Promise<string | null>;
}

/** This region's cluster and its place in the global cluster, as this region's endpoint tells it. */
export interface ClusterView {
  readonly role: 'writer' | 'reader' | 'none';
  readonly status: string;
  readonly engineVersion: string;
  readonly globalEngineVersion: string;
  readonly instancesAvailable: number;
  readonly endpoint: string;
  readonly reader: string;
  /** A failover or switchover under way, and to which cluster. */
  readonly moving: { readonly to: string; readonly status: string } | null;
}

export interface Database {
  readonly clusterArn: string;
  describe(): Promise<ClusterView>;
  /** Makes this region's cluster the writer and accepts the loss of what was not replicated. */
  failOver(): Promise<void>;
}

/** What this region serves with: the colour that has the traffic. */
export interface CapacityView {
  readonly colour: 'blue' | 'green';
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly inService: number;
  readonly healthyTargets: number;
}

export interface Capacity {
  read(): Promise<CapacityView>;
  /** So many machines, and as its least: a policy that sees no traffic yet must not take them back. */
  raiseTo(colour: 'blue' | 'green', size: number): Promise<void>;
}

/** How a listener rule spreads requests. */
export interface Forward {
  readonly targets: readonly { readonly targetGroupArn: string; readonly weight: number }[];
  /** How long a client keeps the target group it met first; 0 is not at all. */
  readonly stickySeconds: number;
}

export interface NewListenerRule {
  readonly listenerArn: string;
  readonly priority: number;
  readonly pathPatterns: readonly string[];
  readonly forward: Forward;
  /** Who makes it; see ListenerRule. */
  readonly owner: string;
}

export interface ListenerRule extends Omit<NewListenerRule, 'listenerArn' | 'forward' | 'owner'> {
  readonly arn: string;
  /** Null when the rule answers by itself, such as with a maintenance page. */
  readonly forward: Forward | null;
  /** Null when it was not made here. */
  readonly owner: string | null;
}

/** What is left out stays as it is. */
export type RuleChange = Partial<Pick<NewListenerRule, 'priority' | 'pathPatterns' | 'forward'>>;

export interface ListenerRules {
  /** Null when there is no such rule. */
  describe(arn: string): Promise<ListenerRule | null>;
  /** All rules of a listener but its default one; none when there is no such listener. */
  of(listenerArn: string): Promise<ListenerRule[]>;
  create(rule: NewListenerRule): Promise<void>;
  change(arn: string, change: RuleChange): Promise<void>;
  /** Nothing happens when it is gone. */
  remove(arn: string): Promise<void>;
}

export interface Executions {
  /** The same name and input twice is one execution. */
  start(name: string, input: unknown): Promise<'started' | 'known'>;
  running(): Promise<string[]>;
  /** Null when there is no such execution. `stoppedAt` is in milliseconds since the epoch; null while it runs. */
  describe(executionArn: string): Promise<{ status: string; input: unknown; stoppedAt: number | null } | null>;
}

/** False when nobody waits any more. */
export interface Waiters {
  answer(token: string, output: unknown): Promise<boolean>;
}

export interface Answer {
  /** Of the event that carried it. */
  readonly id: string;
  readonly decision: 'approve' | 'decline';
  readonly by: string;
  readonly reason: string;
}

export interface Questions {
  open(question: { readonly id: string; readonly token: string; readonly askedAt: string }): Promise<void>;
  /** The first answer wins; returns it with the token, or null when there is no such question. */
  close(id: string, answer: Answer): Promise<{ readonly token: string; readonly answer: Answer } | null>;
}

/** What was found lost at the moment of promotion. */
export interface Loss {
  readonly acked: string | null;
  readonly renewedAt: string | null;
  readonly newestHeartbeat: string | null;
}

/** When the move was proved, by the target's clock, and the same moment by the witness's. */
export interface Proof {
  readonly verifiedAt: string;
  readonly witness: { readonly at: string; readonly localAt: string } | null;
}

export interface RecordedEnd {
  readonly outcome: 'moved' | 'held' | 'declined';
  readonly request: Pick<Claim, 'target' | 'from' | 'by' | 'reason'>;
  readonly measures: Readonly<Record<string, unknown>> | null;
}

/** This region's own ledger of what was done and why. */
export interface Records {
  put(name: string, record: Readonly<Record<string, unknown>>): Promise<void>;
  /** How an execution ended by its own record; null when it wrote none. */
  endOf(name: string): Promise<RecordedEnd | null>;
  noteDecline(at: string, by: string): Promise<void>;
  lastDecline(): Promise<{ at: string; by: string } | null>;
  /** The first note of an epoch stays: later the new holder's own writes would hide the loss. */
  noteLoss(epoch: number, loss: Loss): Promise<void>;
  lossOf(epoch: number): Promise<Loss | null>;
  /** The first proof of an epoch stays, and is returned: an execution that verifies again proves nothing earlier. */
  noteProof(epoch: number, proof: Proof): Promise<Proof>;
}

export interface Pager {
  tell(subject: string, message: string): Promise<void>;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Web {
  /** Null when there was no answer within the time: no route, no connection, too slow. */
  send(request: {
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
    readonly url: string;
    readonly body?: string;
    /** Of the body. @default application/json */
    readonly contentType?: string;
    /** Besides it. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
  }): Promise<WebAnswer | null>;
}

/** One measured value, sent on at once. */
export interface Meter {
  put(name: string, value: number, dimensions: Readonly<Record<string, string>>): void;
}

/** Facts for the log line; never a token, a secret or a whole event. */
export interface Log {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** What is secret; a value is never logged. */
export interface Secrets {
  /** The newest first: while one is rotated there are two. */
  read(name: string): Promise<readonly string[]>;
}

export interface Queue {
  send(body: string, delaySeconds?: number): Promise<void>;
}

export interface Mail {
  send(mail: {
    readonly to: string;
    readonly subject: string;
    readonly text: string;
    readonly html: string;
    readonly headers: Readonly<Record<string, string>>;
  }): Promise<void>;
}

export interface Topics {
  publish(publication: {
    readonly topicArn: string;
    readonly subject: string;
    readonly message: string;
    readonly attributes: Readonly<Record<string, string>>;
  }): Promise<void>;
}

/** The default bus, on which Mainstay speaks as `mainstay`. */
export interface Bus {
  put(detailType: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface Switch {
  /** False also where nobody ever turned it. */
  isOn(): Promise<boolean>;
}

export interface Alarms {
  /** Of one alarm; a list does not tell them. */
  tagsOf(arn: string): Promise<Readonly<Record<string, string>>>;
  /** All of this region, composite ones too. */
  all(): Promise<
    readonly {
      readonly name: string;
      readonly arn: string;
      readonly state: string;
      /** When it changed into that state; milliseconds since the epoch. */
      readonly at: number;
      readonly reason: string;
      readonly description: string | null;
    }[]
  >;
}
