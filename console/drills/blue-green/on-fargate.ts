/**
 * What a scenario or a soak says of Auto Scaling groups, for ECS services: the same faults at the same moments, on the
 * calls that take the place of those that a release on Fargate does not make.
 */
import type { SoakEntry } from './soak-kinds.ts';

const CALLS: Readonly<Record<string, string>> = {
  'autoscaling:SuspendProcesses': 'application-autoscaling:RegisterScalableTarget',
  'autoscaling:UpdateAutoScalingGroup': 'ecs:UpdateService',
  'ssm:PutParameter': 'ecs:RegisterTaskDefinition',
};
const SERVICES: Readonly<Record<string, string>> = { autoscaling: 'ecs' };

export const callOnFargate = (call: string): string => CALLS[call] ?? call;

/** By the member of a fault that names it. */
const INSTEAD: Readonly<Record<string, Readonly<Record<string, string>>>> = { service: SERVICES, call: CALLS };

/** Entries are plain data. */
export const onFargate = (entries: readonly SoakEntry[]): SoakEntry[] =>
  JSON.parse(JSON.stringify(entries), (member, value) => INSTEAD[member]?.[value] ?? value) as SoakEntry[];
