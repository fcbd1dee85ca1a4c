/**
 * What a drill of blue/green knows when it is over: requests that users made and who answered them, what each node of the
 * load balancer did with them, how the groups really were, what was pushed, what Mainstay asked of AWS. Invariants are
 * judged by it alone. Times are seconds since the run began.
 */
import type { Colour } from '../../../infra/names.ts';

export { COLOURS, type Colour } from '../../../infra/names.ts';

export const other = (colour: Colour): Colour => (colour === 'blue' ? 'green' : 'blue');

/** A request for the application under its public name, or by a probe. */
export interface Request {
  readonly t: number;
  /** Until the answer, or until whoever asked gave up. */
  readonly seconds: number;
  readonly who: 'user' | 'probe';
  readonly ok: boolean;
  /** null when no answer came. */
  readonly status: number | null;
  /** Which release the answer names. */
  readonly digest: string | null;
  /** The colour that answered and the release that really runs there; null when the load balancer answered, or nobody. */
  readonly colour: Colour | null;
  readonly release: string | null;
}

/** The forward rule after a change that the load balancer accepted. */
export interface RuleVersion {
  readonly t: number;
  readonly weights: Readonly<Record<Colour, number>>;
  /** How long a client keeps its colour; 0 is not at all. */
  readonly stickySeconds: number;
  /** Handler of Mainstay that wrote it; null for anybody else. */
  readonly by: string | null;
  /** When the last node of the load balancer followed it; null when it was overtaken, or the run ended before. */
  readonly everywhereAt: number | null;
}

/** One colour as it really was at a moment. */
export interface ColourSample {
  /** What the rule says. */
  readonly weight: number;
  /** What the nodes of the load balancer do, the most and the least of them; 0 to 1 of the traffic. */
  readonly shareMax: number;
  readonly shareMin: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  /** Instances or tasks that exist and are not on their way out. */
  readonly running: number;
  readonly healthy: number;
  readonly registered: number;
  /** Digests that its instances run, each once. */
  readonly digests: readonly string[];
  /** What an instance that boots now would run. */
  readonly assigned: string | null;
  /** Scaling processes that are suspended. */
  readonly suspended: readonly string[];
}

/** Samples are so far apart. */
export const SAMPLE_SECONDS = 1;

/** How things were, once a second or so. */
export interface Sample {
  readonly t: number;
  readonly colours: Readonly<Record<Colour, ColourSample>>;
  /** Alarms that the policy names and that are in ALARM. */
  readonly alarms: readonly string[];
  /** Those that know nothing. */
  readonly unknownAlarms: readonly string[];
  readonly frozen: boolean;
  /** Digests whose images are there to be pulled. */
  readonly images: readonly string[];
  /** Whether CloudWatch answers, and with fresh figures. */
  readonly metricsBroken: boolean;
}

export interface Served {
  readonly colour: Colour;
  readonly digest: string;
}

/** Mainstay's item about the service after a change, as stored: who may change it, what is live, what is kept. */
export interface StateVersion {
  readonly t: number;
  readonly fence: number;
  /** The execution that holds the lease, and its release; null when nobody does. */
  readonly holder: string | null;
  readonly releaseId: string | null;
  readonly live: Served | null;
  readonly retained: (Served & { readonly until: number; readonly size: number }) | null;
  /** The newest wish that nobody has taken up. */
  readonly candidate: { readonly id: string; readonly digest: string; readonly kind: string } | null;
  readonly pinned: readonly Colour[];
}

/** What was pushed, as it truly is. */
export interface Push {
  readonly t: number;
  /** Of its manifests, one for each platform, and of the index over them where there is one. */
  readonly digests: readonly string[];
  /** Nothing is wrong with it: users get what they ask for, in time, for as long as it runs. */
  readonly good: boolean;
  /** It is bad only after some use, as a leak is: without users, or with few, nothing of it shows. */
  readonly wearsOut: boolean;
  /** Signed, scanned, without findings that matter, and on one database with what was pushed before. */
  readonly admissible: boolean;
  /** Of the database, that it works with; null when it does not say. */
  readonly schema: { readonly min: number; readonly max: number } | null;
  /** Under a release's tag: it is to be released. */
  readonly released: boolean;
}

/**
 * What a call does to a colour or to the rule. assign: what boots from now on; size: how many; pin and unpin: who else
 * sizes; end: one machine is ended.
 */
export type Deed = 'weights' | 'assign' | 'size' | 'pin' | 'unpin' | 'end';

/** Something that one of the capability's roles asked of AWS. */
export interface Call {
  readonly t: number;
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The handler ('shift'), or who else the role is for. */
  readonly by: string;
  readonly error: string | null;
  /** It changes nothing. */
  readonly reads: boolean;
  /** null for what changes neither. */
  readonly deed: Deed | null;
  /** null for the rule, which is about both. */
  readonly colour: Colour | null;
  /** Of 'size'; null where the call leaves the number as it is. */
  readonly size: number | null;
}

export interface ExecutionStep {
  readonly name: string;
  readonly from: number;
  readonly until: number;
}

export interface Execution {
  readonly arn: string;
  readonly status: string;
  readonly from: number;
  readonly until: number | null;
  readonly steps: readonly ExecutionStep[];
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>> | null;
  readonly error: string | null;
}

/** What a person asked for, and when. */
export interface Asked {
  readonly t: number;
  readonly wish: 'redeploy' | 'hotfix' | 'pause' | 'resume' | 'promote' | 'roll-back' | 'approve';
  readonly digest: string | null;
  readonly by: string;
}

/** One line of Mainstay's own record as it is stored. Asked only about the record itself. */
export interface Entry {
  readonly t: number;
  readonly sequence: number;
  readonly previous: string;
  readonly hash: string;
  /** What the hash says it is when computed anew. */
  readonly hashComputed: string;
  readonly id: string;
  readonly releaseId: string;
  readonly kind: string;
  /** Of 'ended'. */
  readonly outcome: string | null;
}

export interface Message {
  readonly t: number;
  readonly subject: string;
}

export interface Policy {
  readonly region: string;
  readonly kind: 'ec2' | 'fargate';
  readonly bakeSeconds: number;
  readonly errorShareMax: number;
  readonly p95SecondsMax: number;
  /** Requests that a commit needs as evidence at least. */
  readonly requestsMin: number;
  /** Healthy targets that a colour needs before it may get all users. */
  readonly capacityFloor: number;
  readonly rollbackSecondsMax: number;
  /** No release takes longer, whatever it waits for. */
  readonly releaseSecondsMax: number;
  readonly stepSecondsMax: number;
  readonly bakeSecondsMax: number;
  readonly pauseSecondsMax: number;
  /** So often lost events and lost executions are looked for. */
  readonly reconcileSeconds: number;
  /** Full names of the target groups, as metrics have them. */
  readonly targetGroups: Readonly<Record<Colour, string>>;
}

/** A random fault that was in force, or may have struck once, within a time. */
export interface Disturbance {
  readonly kind: string;
  readonly from: number;
  readonly until: number;
  /** Strikes a moment: what it breaks off goes on at once, by repetition or by whoever takes over. */
  readonly momentary: boolean;
}

export interface Evidence {
  readonly policy: Policy;
  /** What served when the drill began. */
  readonly before: Served;
  readonly requests: readonly Request[];
  /** When users asked the application in another region. */
  readonly elsewhere: readonly number[];
  readonly rules: readonly RuleVersion[];
  readonly samples: readonly Sample[];
  readonly states: readonly StateVersion[];
  readonly pushes: readonly Push[];
  readonly calls: readonly Call[];
  readonly executions: readonly Execution[];
  readonly asked: readonly Asked[];
  readonly entries: readonly Entry[];
  readonly messages: readonly Message[];
  /** What IAM refused to a role of the capability, in AWS's words. */
  readonly refusals: readonly string[];
  /** When the scenario began. */
  readonly faultAt: number;
  /** Random faults beside the scenario; none in a drill. */
  readonly disturbances: readonly Disturbance[];
  readonly endedAt: number;
}

/** The last element at or before `t`. */
export function at<T extends { readonly t: number }>(list: readonly T[], t: number): T | undefined {
  let found: T | undefined;
  for (const entry of list) {
    if (entry.t > t) break;
    found = entry;
  }
  return found;
}

/** A call that failed changed nothing, except when only its answer was lost. */
export const wasCarriedOut = ({ error }: { readonly error?: string | null }): boolean =>
  error == null || error === 'AnswerLost';
