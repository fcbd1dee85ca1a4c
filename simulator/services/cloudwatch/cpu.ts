/**
 * CPUUtilization of a fleet, once a minute, by whoever looks at the fleet anyway. Published for groups and services, which
 * policies go by; single instances and tasks have none here.
 */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { Context } from '../../service.ts';
import { cpuPercent } from '../../world/load.ts';
import { publishServiceMetrics } from './metrics.ts';

const MINUTE_MS = 60_000;

export interface Fleet {
  readonly namespace: 'AWS/EC2' | 'AWS/ECS';
  readonly dimensions: Readonly<Record<string, string>>;
  /** Instances by id, tasks by address. */
  readonly machines: readonly string[];
}

/** Tells of the minute that has ended since `before`, when it was last told; returns when that is now. */
export function measureCpu(context: Context<unknown>, fleet: Fleet, before: number | undefined): number {
  const { cloud, now } = context;
  const minute = Math.floor(now / MINUTE_MS);
  if (before !== undefined && minute === Math.floor(before / MINUTE_MS)) return before;
  const seconds = (now - (before ?? now)) / 1000;
  const Values = fleet.machines.map((machine) => cpuPercent(cloud, machine, seconds));
  // What was counted before the first look belongs to no minute.
  if (before === undefined || Values.length === 0) return now;
  const datum: MetricDatum = {
    MetricName: 'CPUUtilization',
    Dimensions: Object.entries(fleet.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Values,
    Timestamp: new Date((minute - 1) * MINUTE_MS),
  };
  publishServiceMetrics(context, fleet.namespace, [datum]);
  return now;
}
