/** Application load balancers and their attributes. They are active at once: none is made on a recovery path. */
import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { type ElbState, type LoadBalancerRecord, loadBalancer } from './state.ts';

type ElbContext = Context<ElbState>;
type Elb = Clients['elasticloadbalancing'];

/** Hosted zone ids of Application Load Balancers (AWS General Reference, "Elastic Load Balancing endpoints", 2026-11). */
const hostedZoneIds: Readonly<Record<string, string>> = {
  'us-east-1': 'Z35SXDOTRQ7X7K',
  'us-east-2': 'Z3AADJGX6KTTL2',
  'us-west-1': 'Z368ELLRRE2KJ0',
  'us-west-2': 'Z1H1FL5HABSF5',
  'eu-west-1': 'Z32O12XQLNTSW2',
  'eu-central-1': 'Z215JYRZR1TBD5',
};

/** Attributes of a new load balancer (Application Load Balancers guide, "Load balancer attributes"). */
export const balancerDefaults: Readonly<Record<string, string>> = {
  'idle_timeout.timeout_seconds': '60',
  'deletion_protection.enabled': 'false',
  'access_logs.s3.enabled': 'false',
  'routing.http2.enabled': 'true',
  'routing.http.drop_invalid_header_fields.enabled': 'false',
};

/** @throws AwsError DuplicateLoadBalancerNameException, ValidationError */
export function createLoadBalancer(
  input: Input<Elb, 'CreateLoadBalancer'>,
  context: ElbContext,
): Output<Elb, 'CreateLoadBalancer'> {
  const { state, region, account, random } = context;
  const name = input.Name ?? '';
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name) || name.startsWith('internal-')) {
    throw new AwsError('ValidationError', `The load balancer name '${name}' is not valid`);
  }
  if (input.Type !== undefined && input.Type !== 'application') {
    throw new NotModelled(`elasticloadbalancing:CreateLoadBalancer: type '${input.Type}' is not modelled`);
  }
  if (Object.values(state.loadBalancers).some((other) => other.LoadBalancerName === name)) {
    throw new AwsError('DuplicateLoadBalancerNameException', `A load balancer with the same name '${name}' exists`);
  }
  const id = random.hex(16);
  const arn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/${name}/${id}`;
  const internal = input.Scheme === 'internal';
  const record: LoadBalancerRecord = {
    LoadBalancerArn: arn,
    LoadBalancerName: name,
    DNSName: `${internal ? 'internal-' : ''}${name}-${1_000_000_000 + random.integer(1_000_000_000)}.${region}.elb.amazonaws.com`,
    CanonicalHostedZoneId: hostedZoneIds[region] ?? `Z0${random.hex(12).toUpperCase()}`,
    createdAt: context.now,
    Scheme: input.Scheme ?? 'internet-facing',
    Type: 'application',
    State: { Code: 'active' },
    IpAddressType: input.IpAddressType ?? 'ipv4',
    SecurityGroups: [...(input.SecurityGroups ?? [])],
    AvailabilityZones: [...(input.Subnets ?? input.SubnetMappings?.map((mapping) => mapping.SubnetId ?? '') ?? [])].map(
      (SubnetId) => ({ SubnetId }),
    ),
    attributes: { ...balancerDefaults },
    tags: Object.fromEntries((input.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
  };
  state.loadBalancers[arn] = record;
  return { LoadBalancers: [describe(record)] };
}

/** @throws AwsError LoadBalancerNotFoundException when one asked for by name or ARN is not there */
export function describeLoadBalancers(
  input: Input<Elb, 'DescribeLoadBalancers'>,
  context: ElbContext,
): Output<Elb, 'DescribeLoadBalancers'> {
  const all = Object.values(context.state.loadBalancers);
  const byArn = input.LoadBalancerArns?.map((arn) => loadBalancer(context.state, arn));
  const byName = input.Names?.map((name) => {
    const found = all.find((candidate) => candidate.LoadBalancerName === name);
    return found ?? loadBalancer(context.state, name);
  });
  return { LoadBalancers: (byArn ?? byName ?? all).map(describe) };
}

function describe({ createdAt, attributes: _, tags: __, ...rest }: LoadBalancerRecord): LoadBalancer {
  return { ...rest, CreatedTime: new Date(createdAt) };
}

export function describeLoadBalancerAttributes(
  input: Input<Elb, 'DescribeLoadBalancerAttributes'>,
  context: ElbContext,
): Output<Elb, 'DescribeLoadBalancerAttributes'> {
  return { Attributes: attributeList(loadBalancer(context.state, input.LoadBalancerArn).attributes) };
}

export function modifyLoadBalancerAttributes(
  input: Input<Elb, 'ModifyLoadBalancerAttributes'>,
  context: ElbContext,
): Output<Elb, 'ModifyLoadBalancerAttributes'> {
  const { attributes } = loadBalancer(context.state, input.LoadBalancerArn);
  for (const { Key, Value } of input.Attributes ?? []) attributes[Key ?? ''] = Value ?? '';
  return { Attributes: attributeList(attributes) };
}

export const attributeList = (attributes: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
