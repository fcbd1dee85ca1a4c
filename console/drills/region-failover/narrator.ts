/** Keeps the timeline of a drill and hands each entry on as it happens. */
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import type { TimelineEntry } from '../../drill/result.ts';
import { narrate } from './narrate.ts';

export class Narrator {
  readonly timeline: TimelineEntry[] = [];
  readonly #cloud: Cloud;
  readonly #names: Names;
  readonly #faultAt: number;
  readonly #onEntry: ((entry: TimelineEntry) => void) | undefined;
  readonly #seen = new Map<string, number>();
  #nextTrace: number;

  constructor(cloud: Cloud, names: Names, faultAt: number, onEntry?: (entry: TimelineEntry) => void) {
    this.#cloud = cloud;
    this.#names = names;
    this.#faultAt = faultAt;
    this.#onEntry = onEntry;
    this.#nextTrace = cloud.trace.entries.length;
    this.#histories(() => {});
  }

  /** Tells what happened since the last poll, in order of time. */
  poll(): void {
    const found: TimelineEntry[] = [];
    const { entries } = this.#cloud.trace;
    for (; this.#nextTrace < entries.length; this.#nextTrace++) {
      const entry = entries[this.#nextTrace];
      const told = entry && narrate(entry, this.#names);
      if (told) found.push({ t: this.#since(entry.t), region: entry.region, ...told });
    }
    this.#histories((region, atMs, what) => {
      found.push({ t: this.#since(atMs - this.#cloud.state.startedAt), region, what, actor: 'region-failover' });
    });
    found.sort((a, b) => a.t - b.t);
    for (const entry of found) {
      this.timeline.push(entry);
      this.#onEntry?.(entry);
    }
  }

  #histories(tell: (region: string, atMs: number, what: string) => void): void {
    for (const region of this.#cloud.state.regions) {
      for (const execution of Object.values(this.#cloud.stateOf(stepFunctions, region).executions)) {
        for (const event of execution.history.slice(this.#seen.get(execution.arn) ?? 0)) {
          const name = event.stateEnteredEventDetails?.name;
          // Waits and choices are the machine's breath, not its story.
          if (name && /^(Task|Fail|Succeed)StateEntered$/.test(event.type)) tell(region, event.atMs, name);
        }
        this.#seen.set(execution.arn, execution.history.length);
      }
    }
  }

  #since(milliseconds: number): number {
    return Math.round(milliseconds - this.#faultAt * 1000) / 1000;
  }
}
