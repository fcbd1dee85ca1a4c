/** The whole core on a virtual clock: signals at their times, what is due settled and delivered, providers' mailboxes. */

import { deliver, refusalSignal } from '../../functions/alert-routing/deliver.ts';
import type { Intent } from '../../functions/alert-routing/incident.ts';
import { withAcknowledgement } from '../../functions/alert-routing/ledger.ts';
import { receive } from '../../functions/alert-routing/receive.ts';
import { Routing } from '../../functions/alert-routing/routing.ts';
import { settle } from '../../functions/alert-routing/settle.ts';
import type { Sharing } from '../../functions/alert-routing/sharing.ts';
import type { Signal } from '../../functions/alert-routing/signal.ts';
import { tableOf } from '../../functions/alert-routing/table.ts';
import { MemoryStore, Provider } from './memory.ts';

/** A Wednesday, 10:00 in UTC. */
export const START = Date.UTC(2026, 10, 18, 10);
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

const policy = (channels: string[], change: object = {}) => ({
  channels,
  waitSeconds: 30,
  intervalSeconds: 300,
  repeatSeconds: null,
  hours: 'always',
  starts: 'opening',
  confirmSeconds: null,
  escalation: null,
  acknowledgedSeconds: 3600,
  ...change,
});

const channel = (provider: string, change: object = {}) => ({
  kind: 'webhook',
  provider,
  target: `https://${provider}.example.com`,
  secret: null,
  ratePerMinute: 6000,
  burst: 1000,
  reservedForP0: 10,
  overflow: 'digest',
  ...change,
});

/** Small and plain; what a test is about it changes. */
export const routing = (change: Partial<Record<keyof Routing, unknown>> = {}): Routing =>
  Routing.parse({
    application: 'orders',
    owners: { platform: { name: 'Platform', contact: 'platform@example.com', channels: ['boss'] } },
    defaultOwner: 'platform',
    severities: [],
    defaultSeverity: 'P2',
    routes: [
      {
        id: 'default',
        when: {},
        owner: 'platform',
        runbookUrl: 'https://runbooks.example.com/default',
        graphUrl: null,
        groupBy: ['name', 'region'],
        severities: ['P0', 'P1', 'P2', 'P3'],
        quietSeconds: 60,
      },
    ],
    policies: {
      P0: policy(['pager', 'phone'], { waitSeconds: 0, confirmSeconds: 60, escalation: 'people' }),
      P1: policy(['pager', 'chat'], { escalation: 'people' }),
      P2: policy(['chat'], { hours: 'office' }),
      P3: policy(['mail'], { hours: 'office', starts: 'next-business-day' }),
    },
    escalations: {
      people: {
        steps: [
          { afterSeconds: 300, channels: ['phone'] },
          { afterSeconds: 600, channels: ['boss'] },
        ],
      },
    },
    channels: {
      pager: channel('pager'),
      phone: channel('phone'),
      chat: channel('chat'),
      mail: channel('mail'),
      boss: channel('boss'),
    },
    calendars: {
      office: {
        zone: 'Europe/Berlin',
        windows: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
        holidays: ['2026-12-25'],
        holidaysUntil: '2027-12-31',
      },
    },
    inhibitions: [],
    remediations: [],
    flap: { firings: 4, windowSeconds: 3600, quietSeconds: 600 },
    silence: { secondsMax: 30 * 86_400, noticeSeconds: 600 },
    recheckSeconds: 30,
    sourceMuteSecondsMax: 3600,
    inhibitHoldSeconds: 5,
    ...change,
  });

export const signal = (change: Partial<Signal> = {}): Signal => ({
  kind: 'test',
  source: 'test',
  account: '123456789012',
  region: 'us-west-2',
  resource: 'one',
  name: 'Slow',
  state: 'firing',
  at: START,
  until: null,
  severity: 'P2',
  labels: {},
  summary: 'it is slow',
  description: '',
  links: { runbook: null, graph: null, source: null },
  muted: null,
  raw: null,
  ...change,
});

export class World {
  now = START;
  readonly store = new MemoryStore();
  readonly providers: Record<string, Provider>;
  readonly table;
  readonly reasons: string[] = [];
  /** With another region that hears of the same. */
  sharing: Sharing | undefined;

  constructor(config: Routing = routing()) {
    this.table = tableOf(config);
    this.providers = Object.fromEntries(
      Object.keys(config.channels).map((name) => [name, new Provider(name, () => this.now)]),
    );
  }

  /** Kept, but not looked at yet. */
  async hear(...signals: Signal[]): Promise<void> {
    await receive(this, signals, this.now);
  }

  async take(...signals: Signal[]): Promise<void> {
    await this.hear(...signals);
    await this.work();
  }

  /** Lets time pass, waking at each time that something is due. */
  async until(time: number): Promise<void> {
    for (let round = 0; ; round += 1) {
      if (round > 100_000) throw new Error('time does not pass: something is due again and again');
      const next = this.store.nextWake();
      if (next === null || next > time) break;
      this.now = Math.max(this.now, next);
      await this.work();
    }
    this.now = Math.max(this.now, time);
    await this.work();
  }

  async work(): Promise<void> {
    for (;;) {
      const due = await this.store.due(this.now, 1000);
      for (const key of due) this.reasons.push(...(await settle(this, key, this.now)).reasons);
      const { sent, folded, postponed, refused, spared } = await deliver({
        ...this,
        store: this.store,
        channels: this.providers,
        now: () => this.now,
        leaseMs: 30_000,
        limit: 1000,
        onRefused: async (intent, detail) => {
          const refusal = refusalSignal(intent, detail, this.now);
          if (refusal) await this.hear(refusal);
        },
      });
      if (due.length === 0 && sent + folded + postponed + refused + spared === 0) return;
    }
  }

  async acknowledge(incident: string, by = 'ada', forMs = HOUR): Promise<string | null> {
    const group = [...this.store.groupRows.values()].find((row) => row.group.incident?.key === incident)?.group.key;
    let refused: string | null = 'no such open incident';
    await settle(this, group ?? '', this.now, {
      change: (ledger) => {
        const at = this.now;
        const done = withAcknowledgement(ledger, incident, { by, reason: 'on it', at, until: at + forMs });
        refused = done.refused;
        return done.group;
      },
    });
    await this.work();
    return refused;
  }

  /** Everything that was sent, in the order it was. */
  get sent(): { at: number; channel: string; action: string; key: string; incident: string; intent: Intent }[] {
    return Object.values(this.providers)
      .flatMap(({ name, got }) => got.map((message) => ({ name, ...message })))
      .sort((a, b) => a.at - b.at)
      .map(({ at, name, intent }) => {
        return { at, channel: name, action: intent.action, key: intent.key, incident: intent.incident, intent };
      });
  }

  /** `+30 chat open`: seconds since the start, channel, action. */
  get story(): string[] {
    return this.sent.map(({ at, channel, action }) => `+${(at - START) / 1000} ${channel} ${action}`);
  }
}
