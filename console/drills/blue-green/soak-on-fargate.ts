/**
 * What is drawn for Auto Scaling groups, for ECS services: the same faults at the same moments, on the calls that take
 * the place of those that a release on Fargate does not make. Asked by soak.ts.
 */
import type { SoakEntry } from './soak-kinds.ts';

/** By the member of a fault that names it. */
const INSTEAD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  service: { autoscaling: 'ecs' },
  call: {
    'autoscaling:SuspendProcesses': 'application-autoscaling:RegisterScalableTarget',
    'autoscaling:UpdateAutoScalingGroup': 'ecs:UpdateService',
    'ssm:PutParameter': 'ecs:RegisterTaskDefinition',
  },
};

/** Entries are plain data. */
export const onFargate = (entries: readonly SoakEntry[]): SoakEntry[] =>
  JSON.parse(JSON.stringify(entries), (member, value) => INSTEAD[member]?.[value] ?? value) as SoakEntry[];
