/** How a capability is started by hand and how its part of the status is read; each slug has its own (drills/index.ts). */
import type { Configuration } from '../infra/config/index.ts';
import type { Cloud } from '../simulator/cloud.ts';
import type { Narrator } from './drill/narrator.ts';
import type { Given, RequestSchema } from './request.ts';
import type { Target } from './target.ts';
import type { Timeline } from './terminal.ts';

export interface ByHand {
  /** What a person may say, in a file; who asks and why come from the command line too. */
  readonly request: RequestSchema;
  /** The request, completed by the present state. Throws UsageProblem where it does not fit that. */
  ask(target: Target, configuration: Configuration, given: Given): Promise<Asked>;
}

/** A request that is ready to be put on a bus, and what follows it. */
export interface Asked {
  readonly slug: string;
  /** Of the bus, and of the machine that answers. */
  readonly region: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly machine: string;
  /** The execution's name, by the event's id. */
  readonly execution: (eventId: string) => string;
  /** What cannot be undone, and the word to type to go on; left out where everything can be. */
  readonly consent?: { readonly question: string; readonly word: string };
  /** Tells the world's part too, in a simulated cloud. */
  readonly narrator: (cloud: Cloud, timeline: Timeline) => Narrator;
  readonly end: (ended: Ended) => End;
}

/** How an execution ended. */
export interface Ended {
  readonly status: string;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

export interface End {
  /** What was asked for is done. */
  readonly done: boolean;
  readonly json: unknown;
  readonly lines: readonly string[];
}

/** A capability's part of `mainstay status`. */
export interface StatusPart {
  /** Fields of the object; null is unknown. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  /** Why something is unknown, each reason once. */
  readonly problems: readonly string[];
  /** Whether all is known that an operator must know. */
  readonly known: boolean;
}

export type ReadStatus = (target: Target, configuration: Configuration) => Promise<StatusPart>;
