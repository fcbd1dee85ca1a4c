/** What EventBridge keeps in one region, as plain data. */
import type { Target } from '@aws-sdk/client-eventbridge';

/** An event as rules see it (EventBridge user guide, "Event structure"). */
export interface EventRecord {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO time, second precision. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly eventPattern?: string;
  readonly scheduleExpression?: string;
  readonly description?: string;
  readonly roleArn?: string;
  state: 'ENABLED' | 'DISABLED';
  /** By their ids, in the order they were put. */
  readonly targets: Record<string, Target>;
  /** When it was created or enabled: rates count from here. */
  anchorMs: number;
  /** Timer of the next scheduled run. */
  timerId?: number;
}

export interface Bus {
  readonly name: string;
  readonly arn: string;
  /** Statements of the bus's resource policy, by id. */
  readonly statements: Record<string, Record<string, unknown>>;
  readonly rules: Record<string, Rule>;
}

export interface EventBridgeState {
  readonly buses: Record<string, Bus>;
  /** Deliveries that were given up, newest last; at most the last thousand. */
  readonly dropped: {
    t: number;
    ruleArn: string;
    targetArn: string;
    eventId: string;
    attempts: number;
    reason: string;
  }[];
}

/** ISO time without milliseconds, as EventBridge writes it. */
export const isoSeconds = (ms: number): string =>
  new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000', '');
