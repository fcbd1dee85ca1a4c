/** A webhook's receiver that counts what a person would have got. In run.ts's own process: it only counts. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Notification {
  readonly status: 'firing' | 'resolved';
  readonly groupKey: string;
  readonly truncatedAlerts?: number;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

export interface Got {
  readonly status: 'firing' | 'resolved';
  readonly group: string;
  /** What a receiver can know a repetition by; null where the sender gives nothing. */
  readonly key: string | null;
  readonly alerts: number;
}

export class Receiver {
  readonly got: Got[] = [];
  refused = 0;
  answerWith = 200;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => {
        if (this.answerWith === 200) this.#take(Buffer.concat(parts).toString(), incoming.headers['idempotency-key']);
        else this.refused += 1;
        outgoing.writeHead(this.answerWith).end('{}');
      });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  reset(): void {
    this.got.length = 0;
    this.refused = 0;
    this.answerWith = 200;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  of(status: Got['status']): Got[] {
    return this.got.filter((one) => one.status === status);
  }

  /** Alerts told of as firing: of each group the most that one notification counted. */
  get alertsTold(): number {
    const byGroup = Map.groupBy(this.of('firing'), ({ group }) => group);
    return [...byGroup.values()].reduce((sum, own) => sum + Math.max(...own.map(({ alerts }) => alerts)), 0);
  }

  /** Notifications of one kind that a group got beyond the first. */
  doubled(status: Got['status']): number {
    return this.of(status).length - new Set(this.of(status).map(({ group }) => group)).size;
  }

  /** The same, for a receiver that takes each key once. */
  get doubledKeys(): number {
    const keys = this.got.map(({ key }) => key).filter((key) => key !== null);
    return keys.length - new Set(keys).size;
  }

  #take(text: string, key: string | string[] | undefined): void {
    const { status, alerts, truncatedAlerts = 0 } = JSON.parse(text) as Notification;
    // Both are told to group by name.
    const group = alerts[0]?.labels.alertname ?? '';
    this.got.push({
      status,
      group,
      key: typeof key === 'string' ? key : null,
      alerts: alerts.length + truncatedAlerts,
    });
  }
}
