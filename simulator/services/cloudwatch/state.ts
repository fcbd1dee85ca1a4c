/** What CloudWatch keeps in one region, as plain data. */
import type { PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch';

/** Data of one put: one value, or a set of values that came together. */
export interface Sample {
  /** The time it belongs to: whole seconds for high resolution, whole minutes otherwise. */
  readonly t: number;
  /** When queries and alarms see it first. */
  readonly seenAt: number;
  readonly sum: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** Values with their counts; left out when there is only one value. */
  readonly values?: readonly (readonly [value: number, count: number])[];
}

export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
  /** In order of t; older than three hours are dropped. */
  readonly samples: Sample[];
}

export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  readonly reasonData?: string;
  readonly at: number;
}

export interface Alarm {
  readonly name: string;
  readonly arn: string;
  /** As it was put. */
  readonly definition: PutMetricAlarmInput;
  readonly configuredAt: number;
  actionsEnabled: boolean;
  state: AlarmState;
  timerId?: number;
  /** Where in its interval the alarm is evaluated, drawn once for each seed. */
  offset?: { readonly seed: number; readonly ms: number };
}

export interface HistoryItem {
  readonly alarmName: string;
  readonly t: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  readonly data: string;
}

export interface CloudWatchState {
  readonly series: Record<string, Series>;
  readonly alarms: Record<string, Alarm>;
  /** Newest last; bounded. */
  readonly history: HistoryItem[];
}

/** 2026-11-21T01:02:03.456+0000 as CloudWatch writes it. */
export const timestamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');
