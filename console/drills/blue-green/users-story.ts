/** A release as users meet it: who first gets it, when requests begin to fail, when that is over. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { type Ledger, ledgerOf } from '../../../simulator/world/index.ts';
import type { News } from '../../drill/narrator.ts';

const INTERNET = 'internet';
/** Without a failed request for this long, users are taken to be served again. */
const QUIET_SECONDS = 20;

type Request = Ledger['requests'][number];

export class UsersStory {
  readonly #cloud: Cloud;
  readonly #host: string;
  #next: number;
  /** Releases that users have met. */
  readonly #met = new Set<string>();
  /** Who gave the newest answers. */
  #onlyServed: string | null = null;
  #sinceOther = 0;
  #lastFailed: number | null = null;

  constructor(cloud: Cloud, host: string) {
    this.#cloud = cloud;
    this.#host = host;
    const { requests } = ledgerOf(cloud);
    this.#next = requests.length;
    for (const request of requests) {
      const release = this.#counts(request) ? request.target?.release : undefined;
      if (release) this.#met.add(release);
    }
    this.#onlyServed = [...this.#met].at(-1) ?? null;
  }

  /** What is new since the last time. */
  news(): News[] {
    const news: News[] = [];
    const { requests } = ledgerOf(this.#cloud);
    for (; this.#next < requests.length; this.#next++) {
      const request = requests[this.#next];
      if (!request || !this.#counts(request)) continue;
      this.#onAnswer(request, news);
      if (!request.ok) this.#onFailed(request, news);
    }
    const now = this.#cloud.now - this.#cloud.state.startedAt;
    if (this.#lastFailed !== null && now - this.#lastFailed > QUIET_SECONDS * 1000) {
      news.push({ t: now, region: INTERNET, what: `no user's request has failed for ${QUIET_SECONDS} s` });
      this.#lastFailed = null;
    }
    return news;
  }

  #onAnswer({ target, t, ms }: Request, news: News[]): void {
    const release = target?.release;
    if (!release) return;
    const name = `${release.slice(0, 15)}… (${target.colour})`;
    if (!this.#met.has(release)) {
      this.#met.add(release);
      news.push({ t: t + ms, region: INTERNET, what: `the first user gets ${name}` });
    }
    if (release !== this.#onlyServed) {
      this.#sinceOther += 1;
      if (this.#sinceOther < SETTLED_REQUESTS) return;
      news.push({ t: t + ms, region: INTERNET, what: `all users get ${name}` });
      this.#onlyServed = release;
    }
    this.#sinceOther = 0;
  }

  #onFailed({ t, ms }: Request, news: News[]): void {
    if (this.#lastFailed === null) news.push({ t: t + ms, region: INTERNET, what: "users' requests begin to fail" });
    this.#lastFailed = Math.max(t, this.#lastFailed ?? t);
  }

  #counts({ who, from, host }: Request): boolean {
    return who === 'user' && from === INTERNET && host === this.#host;
  }
}

/** So many answers in a row from one release, and it is taken to have everybody. */
const SETTLED_REQUESTS = 50;
