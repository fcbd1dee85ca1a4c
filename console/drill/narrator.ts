/** Keeps the timeline of a drill and hands each entry on as it happens. What counts as a turning point a slug says. */
import type { Cloud } from '../../simulator/cloud.ts';
import { stepFunctions } from '../../simulator/stepfunctions/service.ts';
import type { TraceEntry } from '../../simulator/trace.ts';
import type { TimelineEntry } from './result.ts';

/** once: the same words again are no news. */
export type Told = Pick<TimelineEntry, 'what' | 'actor'> & { readonly once?: true };

/** What users meet, which no entry of the trace says. */
export interface News {
  /** Milliseconds since the run began. */
  readonly t: number;
  readonly region: string;
  readonly what: string;
}

export interface Tale {
  /** What an entry of the trace means to a reader; null when it is no turning point. */
  readonly narrate: (entry: TraceEntry) => Told | null;
  /** What is new since the last time it was asked. */
  readonly users: { news(): readonly News[] };
  /** Who an execution's states are told of; null for an execution that is not part of the story. */
  readonly actorOf: (execution: { readonly machineName: string; readonly roleArn: string }) => string | null;
  /** Seconds of the run. */
  readonly faultAt: number;
  readonly onEntry?: ((entry: TimelineEntry) => void) | undefined;
}

export class Narrator {
  readonly timeline: TimelineEntry[] = [];
  readonly #cloud: Cloud;
  readonly #tale: Tale;
  /** Execution → how many events of its history were read. */
  readonly #read = new Map<string, number>();
  /** A state that is entered again and again, and a refusal that is repeated, are one turning point. */
  readonly #told = new Set<string>();
  #nextTrace: number;

  constructor(cloud: Cloud, tale: Tale) {
    this.#cloud = cloud;
    this.#tale = tale;
    this.#nextTrace = cloud.trace.entries.length;
    this.#histories(() => {});
  }

  /** Tells what happened since the last poll, in order of time. */
  poll(): void {
    const found: TimelineEntry[] = [];
    const { entries } = this.#cloud.trace;
    for (; this.#nextTrace < entries.length; this.#nextTrace++) {
      const entry = entries[this.#nextTrace];
      const told = entry && this.#tale.narrate(entry);
      if (!told) continue;
      const { once, ...words } = told;
      const key = `${entry.region} ${words.actor} ${words.what}`;
      if (!once || !this.#told.has(key)) found.push({ t: this.#since(entry.t), region: entry.region, ...words });
      if (once) this.#told.add(key);
    }
    this.#histories((region, atMs, what, actor) => {
      found.push({ t: this.#since(atMs - this.#cloud.state.startedAt), region, what, actor });
    });
    for (const { t, ...told } of this.#tale.users.news()) found.push({ t: this.#since(t), actor: 'world', ...told });
    found.sort((a, b) => a.t - b.t);
    for (const entry of found) {
      this.timeline.push(entry);
      this.#tale.onEntry?.(entry);
    }
  }

  #histories(tell: (region: string, atMs: number, what: string, actor: string) => void): void {
    for (const region of this.#cloud.state.regions) {
      for (const execution of Object.values(this.#cloud.stateOf(stepFunctions, region).executions)) {
        const actor = this.#tale.actorOf(execution);
        if (actor === null) continue;
        for (const event of execution.history.slice(this.#read.get(execution.arn) ?? 0)) {
          const name = event.stateEnteredEventDetails?.name;
          // Waits and choices are the machine's breath, not its story.
          if (!name || !/^(Task|Fail|Succeed)StateEntered$/.test(event.type)) continue;
          const key = `${execution.arn} ${name}`;
          if (!this.#told.has(key)) tell(region, event.atMs, name, actor);
          this.#told.add(key);
        }
        this.#read.set(execution.arn, execution.history.length);
      }
    }
  }

  #since(milliseconds: number): number {
    return Math.round(milliseconds - this.#tale.faultAt * 1000) / 1000;
  }
}
