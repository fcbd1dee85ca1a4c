/** The turning points as users of the internet meet them: when writes begin to fail, who serves them, when it is over. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { type Ledger, ledgerOf } from '../../../simulator/world/index.ts';
import type { News } from '../../drill/narrator.ts';

const INTERNET = 'internet';
/** Without a lost write for this long, users are taken to be served again. */
const QUIET_SECONDS = 20;

export class UsersStory {
  readonly #cloud: Cloud;
  readonly #host: string;
  #next: number;
  #servedBy: string | null = null;
  /** When the last lost write was begun; null while none is lost. */
  #lastLost: number | null = null;
  /** Whether a write was served since then. */
  #served = false;

  constructor(cloud: Cloud, host: string) {
    this.#cloud = cloud;
    this.#host = host;
    const { requests } = ledgerOf(cloud);
    this.#next = requests.length;
    this.#servedBy = requests.findLast((request) => this.#counts(request) && request.ok)?.region ?? null;
  }

  /** What is new since the last time. */
  news(): News[] {
    const news: News[] = [];
    const { requests } = ledgerOf(this.#cloud);
    for (; this.#next < requests.length; this.#next++) {
      const request = requests[this.#next];
      if (!request || !this.#counts(request)) continue;
      if (request.ok) this.#onServed(request, news);
      else this.#onLost(request, news);
    }
    const now = this.#cloud.now - this.#cloud.state.startedAt;
    if (this.#lastLost !== null && this.#served && now - this.#lastLost > QUIET_SECONDS * 1000) {
      news.push({ t: now, region: INTERNET, what: `no user has lost a write for ${QUIET_SECONDS} s` });
      this.#lastLost = null;
    }
    return news;
  }

  #onServed({ region, t, ms }: Ledger['requests'][number], news: News[]): void {
    this.#served = true;
    if (region === null || region === this.#servedBy) return;
    news.push({ t: t + ms, region: INTERNET, what: `the first user’s write is served by ${region}` });
    this.#servedBy = region;
  }

  #onLost({ t, ms }: Ledger['requests'][number], news: News[]): void {
    if (this.#lastLost === null) news.push({ t: t + ms, region: INTERNET, what: 'users begin to lose writes' });
    this.#lastLost = Math.max(t, this.#lastLost ?? t);
    this.#served = false;
  }

  #counts({ who, kind, from, host }: Ledger['requests'][number]): boolean {
    return who === 'user' && kind === 'write' && from === INTERNET && host === this.#host;
  }
}
