/** Elastic Load Balancing in one region as plain data: load balancers, target groups with their targets, listeners, rules. */
import type {
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
  TargetHealthReasonEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../errors.ts';
import type { MinuteCounts } from './metrics.ts';
import type { FormerTable } from './propagation.ts';

export interface LoadBalancerRecord extends Omit<LoadBalancer, 'CreatedTime'> {
  readonly LoadBalancerArn: string;
  readonly LoadBalancerName: string;
  readonly DNSName: string;
  readonly createdAt: number;
  readonly attributes: Record<string, string>;
  readonly tags: Record<string, string>;
}

export interface ListenerRecord extends Listener {
  readonly ListenerArn: string;
  readonly LoadBalancerArn: string;
}

export interface RuleRecord extends Rule {
  readonly RuleArn: string;
  readonly Priority: string;
  readonly listenerArn: string;
  readonly tags: Record<string, string>;
}

/** `unused` is not stored for a target but follows from its group. */
export interface Target {
  readonly id: string;
  readonly port: number;
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining';
  reason: TargetHealthReasonEnum | undefined;
  description: string | undefined;
  /** Checks in a row. */
  passes: number;
  failures: number;
}

export interface TargetGroupRecord extends Omit<TargetGroup, 'LoadBalancerArns'> {
  readonly TargetGroupArn: string;
  readonly TargetGroupName: string;
  readonly attributes: Record<string, string>;
  readonly tags: Record<string, string>;
  /** By `<id>:<port>`. */
  readonly targets: Record<string, Target>;
  /** Whether a listener or rule refers to it; groups that nothing refers to are not health-checked. */
  inUse: boolean;
  /** Whether a `healthCheck` timer is on its way. */
  checking: boolean;
  /** The running round of checks and the targets that have not answered in it. */
  round: { number: number; pending: Record<string, true> };
}

export interface ElbState {
  readonly loadBalancers: Record<string, LoadBalancerRecord>;
  readonly targetGroups: Record<string, TargetGroupRecord>;
  readonly listeners: Record<string, ListenerRecord>;
  readonly rules: Record<string, RuleRecord>;
  /** Listener → tables that some node still goes by, oldest first. */
  former?: Record<string, readonly FormerTable[]>;
  /** What is counted of the running minute; metrics.ts. */
  minute?: MinuteCounts;
}

export const initialElbState = (): ElbState => ({ loadBalancers: {}, targetGroups: {}, listeners: {}, rules: {} });

export function loadBalancer(state: ElbState, arn: string | undefined): LoadBalancerRecord {
  const found = state.loadBalancers[arn ?? ''];
  if (found) return found;
  throw new AwsError('LoadBalancerNotFoundException', `Load balancers '[${arn}]' not found`);
}

export function targetGroup(state: ElbState, arn: string | undefined): TargetGroupRecord {
  const found = state.targetGroups[arn ?? ''];
  if (found) return found;
  throw new AwsError('TargetGroupNotFoundException', `Target groups '${arn}' not found`);
}

export function listener(state: ElbState, arn: string | undefined): ListenerRecord {
  const found = state.listeners[arn ?? ''];
  if (found) return found;
  throw new AwsError('ListenerNotFoundException', `Listeners '[${arn}]' not found`);
}

export function rule(state: ElbState, arn: string | undefined): RuleRecord {
  const found = state.rules[arn ?? ''];
  if (found) return found;
  throw new AwsError('RuleNotFoundException', `Rules '[${arn}]' not found`);
}
