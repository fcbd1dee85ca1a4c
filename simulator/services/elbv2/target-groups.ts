/** Target groups: their health-check settings and attributes. Targets and their health are in targets.ts. */
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { attributeList } from './load-balancers.ts';
import { type ElbState, type TargetGroupRecord, targetGroup } from './state.ts';
import { loadBalancersUsing } from './usage.ts';

type ElbContext = Context<ElbState>;
type Elb = Clients['elasticloadbalancing'];

/** Application Load Balancers guide, "Target group attributes". */
export const groupDefaults: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'stickiness.enabled': 'false',
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': '86400',
  'slow_start.duration_seconds': '0',
  'load_balancing.algorithm.type': 'round_robin',
};

/** @throws AwsError DuplicateTargetGroupNameException, ValidationError */
export function createTargetGroup(
  input: Input<Elb, 'CreateTargetGroup'>,
  context: ElbContext,
): Output<Elb, 'CreateTargetGroup'> {
  const { state, region, account, random } = context;
  const name = input.Name ?? '';
  const { TargetType = 'instance' } = input;
  if (TargetType !== 'instance' && TargetType !== 'ip') {
    throw new NotModelled(`elasticloadbalancing:CreateTargetGroup: target type '${TargetType}' is not modelled`);
  }
  if (Object.values(state.targetGroups).some((other) => other.TargetGroupName === name)) {
    throw new AwsError('DuplicateTargetGroupNameException', `A target group with the same name '${name}' exists`);
  }
  const arn = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/${random.hex(16)}`;
  const group: TargetGroupRecord = {
    TargetGroupArn: arn,
    TargetGroupName: name,
    Protocol: input.Protocol ?? 'HTTP',
    ProtocolVersion: input.ProtocolVersion ?? 'HTTP1',
    Port: input.Port ?? 80,
    VpcId: input.VpcId,
    TargetType,
    HealthCheckEnabled: input.HealthCheckEnabled ?? true,
    HealthCheckProtocol: input.HealthCheckProtocol ?? 'HTTP',
    HealthCheckPort: input.HealthCheckPort ?? 'traffic-port',
    HealthCheckPath: input.HealthCheckPath ?? '/',
    HealthCheckIntervalSeconds: input.HealthCheckIntervalSeconds ?? 30,
    HealthCheckTimeoutSeconds: input.HealthCheckTimeoutSeconds ?? 5,
    HealthyThresholdCount: input.HealthyThresholdCount ?? 5,
    UnhealthyThresholdCount: input.UnhealthyThresholdCount ?? 2,
    Matcher: { HttpCode: input.Matcher?.HttpCode ?? '200' },
    attributes: { ...groupDefaults },
    tags: Object.fromEntries((input.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
    targets: {},
    inUse: false,
    checking: false,
    round: { number: 0, pending: {} },
  };
  checkHealthSettings(group);
  state.targetGroups[arn] = group;
  return { TargetGroups: [describeTargetGroup(group, state)] };
}

/** Ranges of CreateTargetGroup in the API reference, for targets by instance or address. */
export function checkHealthSettings(group: TargetGroupRecord): void {
  const { HealthCheckIntervalSeconds: interval = 30, HealthCheckTimeoutSeconds: timeout = 5 } = group;
  const refuse = (message: string): never => {
    throw new AwsError('ValidationError', message);
  };
  if (interval < 5 || interval > 300) refuse(`Health check interval ${interval} must be between 5 and 300 seconds`);
  if (timeout < 2 || timeout > 120) refuse(`Health check timeout ${timeout} must be between 2 and 120 seconds`);
  if (timeout >= interval) {
    refuse(`Health check interval must be greater than the timeout; interval ${interval}, timeout ${timeout}`);
  }
  for (const threshold of [group.HealthyThresholdCount ?? 5, group.UnhealthyThresholdCount ?? 2]) {
    if (threshold < 2 || threshold > 10) refuse(`A health check threshold of ${threshold} must be between 2 and 10`);
  }
}

/** @throws AwsError TargetGroupNotFoundException when one asked for by name or ARN is not there */
export function describeTargetGroups(
  input: Input<Elb, 'DescribeTargetGroups'>,
  context: ElbContext,
): Output<Elb, 'DescribeTargetGroups'> {
  const { state } = context;
  const all = Object.values(state.targetGroups);
  const byArn = input.TargetGroupArns?.map((arn) => targetGroup(state, arn));
  const byName = input.Names?.map((name) => {
    const found = all.find((candidate) => candidate.TargetGroupName === name);
    return found ?? targetGroup(state, name);
  });
  let chosen = byArn ?? byName ?? all;
  const { LoadBalancerArn: balancer } = input;
  if (balancer !== undefined) {
    chosen = chosen.filter((group) => loadBalancersUsing(state, group.TargetGroupArn).includes(balancer));
  }
  return { TargetGroups: chosen.map((group) => describeTargetGroup(group, state)) };
}

export function describeTargetGroup(group: TargetGroupRecord, state: ElbState): TargetGroup {
  const { attributes: _a, tags: _t, targets: _g, inUse: _u, checking: _c, round: _r, ...rest } = group;
  return { ...rest, LoadBalancerArns: loadBalancersUsing(state, group.TargetGroupArn) };
}

export function describeTargetGroupAttributes(
  input: Input<Elb, 'DescribeTargetGroupAttributes'>,
  context: ElbContext,
): Output<Elb, 'DescribeTargetGroupAttributes'> {
  return { Attributes: attributeList(targetGroup(context.state, input.TargetGroupArn).attributes) };
}

/** @throws AwsError ValidationError for a deregistration delay outside 0 to 3600 s */
export function modifyTargetGroupAttributes(
  input: Input<Elb, 'ModifyTargetGroupAttributes'>,
  context: ElbContext,
): Output<Elb, 'ModifyTargetGroupAttributes'> {
  const { attributes } = targetGroup(context.state, input.TargetGroupArn);
  for (const { Key = '', Value = '' } of input.Attributes ?? []) {
    if (Key === 'deregistration_delay.timeout_seconds' && !(Number(Value) >= 0 && Number(Value) <= 3600)) {
      throw new AwsError('ValidationError', `Deregistration delay '${Value}' must be between 0 and 3600 seconds`);
    }
    attributes[Key] = Value;
  }
  return { Attributes: attributeList(attributes) };
}
