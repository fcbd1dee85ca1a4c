/** Keeps the timeline of a drill and hands each entry on as it happens. */
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import type { TimelineEntry } from '../../drill/result.ts';
import { PlainNames } from '../../plain-names.ts';
import { narrate } from './narrate.ts';
import { UsersStory } from './users-story.ts';

export class Narrator {
  readonly timeline: TimelineEntry[] = [];
  readonly #cloud: Cloud;
  readonly #words: { readonly names: Names; readonly plain: PlainNames };
  readonly #faultAt: number;
  readonly #onEntry: ((entry: TimelineEntry) => void) | undefined;
  readonly #users: UsersStory;
  /** Execution → how many events of its history were read. */
  readonly #read = new Map<string, number>();
  /** A state that is entered again and again, and a refusal that is repeated, are one turning point. */
  readonly #told = new Set<string>();
  #nextTrace: number;

  constructor(
    cloud: Cloud,
    { names, domain }: { readonly names: Names; readonly domain: string },
    faultAt: number,
    onEntry?: (entry: TimelineEntry) => void,
  ) {
    this.#cloud = cloud;
    this.#words = { names, plain: PlainNames.of(cloud) };
    this.#faultAt = faultAt;
    this.#onEntry = onEntry;
    this.#users = new UsersStory(cloud, domain);
    this.#nextTrace = cloud.trace.entries.length;
    this.#histories(() => {});
  }

  /** Tells what happened since the last poll, in order of time. */
  poll(): void {
    const found: TimelineEntry[] = [];
    const { entries } = this.#cloud.trace;
    for (; this.#nextTrace < entries.length; this.#nextTrace++) {
      const entry = entries[this.#nextTrace];
      const told = entry && narrate(entry, this.#words);
      if (!told) continue;
      const { once, ...words } = told;
      const key = `${entry.region} ${words.actor} ${words.what}`;
      if (!once || !this.#told.has(key)) found.push({ t: this.#since(entry.t), region: entry.region, ...words });
      if (once) this.#told.add(key);
    }
    this.#histories((region, atMs, what) => {
      found.push({ t: this.#since(atMs - this.#cloud.state.startedAt), region, what, actor: 'region-failover' });
    });
    for (const { t, ...told } of this.#users.news()) found.push({ t: this.#since(t), actor: 'world', ...told });
    found.sort((a, b) => a.t - b.t);
    for (const entry of found) {
      this.timeline.push(entry);
      this.#onEntry?.(entry);
    }
  }

  #histories(tell: (region: string, atMs: number, what: string) => void): void {
    for (const region of this.#cloud.state.regions) {
      for (const execution of Object.values(this.#cloud.stateOf(stepFunctions, region).executions)) {
        for (const event of execution.history.slice(this.#read.get(execution.arn) ?? 0)) {
          const name = event.stateEnteredEventDetails?.name;
          // Waits and choices are the machine's breath, not its story.
          if (!name || !/^(Task|Fail|Succeed)StateEntered$/.test(event.type)) continue;
          const key = `${execution.arn} ${name}`;
          if (!this.#told.has(key)) tell(region, event.atMs, name);
          this.#told.add(key);
        }
        this.#read.set(execution.arn, execution.history.length);
      }
    }
  }

  #since(milliseconds: number): number {
    return Math.round(milliseconds - this.#faultAt * 1000) / 1000;
  }
}
