/**
 * The data plane: where a load balancer sends one request. Called by the world for each request that reaches a load
 * balancer; reads control-plane data only and works without the control plane.
 */
import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../cloud.ts';
import { NotModelled } from '../../errors.ts';
import type { Random } from '../../random.ts';
import { tableSeen } from './propagation.ts';
import { elbv2 } from './service.ts';
import type { ElbState, ListenerRecord, Target } from './state.ts';

export interface RoutedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  /** Which listener; the HTTPS one, or the only one, when left out. */
  readonly port?: number;
}

export type Route = Chosen | Answered;

/** A target is to be asked. */
export interface Chosen {
  readonly instanceId: string;
  readonly port: number;
  readonly loadBalancerArn: string;
  readonly targetGroupArn: string;
  readonly setCookie?: string;
}

/** The load balancer answers by itself. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly loadBalancerArn: string;
  /** That has no target to ask. */
  readonly targetGroupArn?: string;
}

type Decision = Omit<Chosen, 'loadBalancerArn'> | Omit<Answered, 'loadBalancerArn'>;

/**
 * @throws Error when no load balancer of the region has this DNS name: the caller resolved a name that never was.
 */
export function route(cloud: Cloud, region: string, loadBalancerDnsName: string, request: RoutedRequest): Route {
  const state = cloud.stateOf<ElbState>(elbv2, region);
  const dnsName = loadBalancerDnsName
    .toLowerCase()
    .replace(/^dualstack\./, '')
    .replace(/\.$/, '');
  const balancer = Object.values(state.loadBalancers).find((one) => one.DNSName.toLowerCase() === dnsName);
  if (!balancer) throw new Error(`${region} has no load balancer '${loadBalancerDnsName}'`);
  const { LoadBalancerArn: loadBalancerArn } = balancer;
  const listener = chooseListener(state, loadBalancerArn, request.port);
  const decision = listener ? decide(cloud, region, listener, request) : fixed(503, 'no listener');
  return { ...decision, loadBalancerArn };
}

function decide(cloud: Cloud, region: string, listener: ListenerRecord, request: RoutedRequest): Decision {
  const state = cloud.stateOf<ElbState>(elbv2, region);
  const { rules, defaultActions } = tableSeen(cloud, region, state, listener.ListenerArn);
  const rule = rules.find((one) => (one.Conditions ?? []).every((condition) => holds(condition, request)));
  const action = (rule?.Actions ?? defaultActions).at(-1);
  if (action?.Type === 'forward')
    return forward(state, action, request, {
      random: cloud.random(`elasticloadbalancing.routing@${region}`),
      now: cloud.now,
    });
  if (action?.Type === 'redirect') return redirect(action, request);
  return fixed(
    Number(action?.FixedResponseConfig?.StatusCode ?? 503),
    action?.FixedResponseConfig?.MessageBody ?? '',
    action?.FixedResponseConfig?.ContentType,
  );
}

function chooseListener(state: ElbState, balancerArn: string, port: number | undefined): ListenerRecord | undefined {
  const listeners = Object.values(state.listeners).filter((one) => one.LoadBalancerArn === balancerArn);
  if (port !== undefined) return listeners.find((one) => one.Port === port);
  return listeners.find((one) => one.Protocol === 'HTTPS') ?? listeners[0];
}

const fixed = (status: number, body: string, contentType = 'text/plain'): Decision => ({
  status,
  headers: { 'content-type': contentType },
  body,
});

function redirect(action: Action, request: RoutedRequest): Decision {
  const { StatusCode, Protocol, Host, Port, Path, Query } = action.RedirectConfig ?? {};
  const host = request.headers.host ?? '';
  const [path = '/', query = ''] = request.path.split('?');
  const fill = (template: string): string =>
    template
      .replaceAll('#{protocol}', 'http')
      .replaceAll('#{host}', host)
      .replaceAll('#{port}', '80')
      .replaceAll('#{path}', path.slice(1))
      .replaceAll('#{query}', query);
  const search = fill(Query ?? '#{query}');
  const protocol = fill(Protocol ?? '#{protocol}').toLowerCase();
  const location = `${protocol}://${fill(Host ?? '#{host}')}:${fill(Port ?? '#{port}')}${fill(Path ?? '/#{path}')}`;
  return {
    status: StatusCode === 'HTTP_302' ? 302 : 301,
    headers: { location: search === '' ? location : `${location}?${search}` },
    body: '',
  };
}

/** Documented matching: `*` any characters, `?` one; host and header values without regard to case. */
function holds(condition: RuleCondition, request: RoutedRequest): boolean {
  const path = request.path.split('?')[0] ?? '/';
  const values = condition.Values ?? [];
  switch (condition.Field) {
    case 'path-pattern':
      return (condition.PathPatternConfig?.Values ?? values).some((pattern) => matches(pattern, path));
    case 'host-header': {
      const host = (request.headers.host ?? '').split(':')[0] ?? '';
      return (condition.HostHeaderConfig?.Values ?? values).some((pattern) => matches(pattern, host, 'i'));
    }
    case 'http-header': {
      const value = request.headers[(condition.HttpHeaderConfig?.HttpHeaderName ?? '').toLowerCase()];
      const patterns = condition.HttpHeaderConfig?.Values ?? [];
      return value !== undefined && patterns.some((pattern) => matches(pattern, value, 'i'));
    }
    case 'http-request-method':
      return (condition.HttpRequestMethodConfig?.Values ?? values).includes(request.method ?? 'GET');
    default:
      throw new NotModelled(`elasticloadbalancing: rule condition '${condition.Field}' is not modelled`);
  }
}

/** By pattern: every request asks for the same few. */
const expressions = new Map<string, RegExp>();
const EXPRESSIONS_MAX = 100;

function matches(pattern: string, value: string, flags = ''): boolean {
  const key = `${flags}/${pattern}`;
  let expression = expressions.get(key);
  if (!expression) {
    const text = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${text}$`, flags);
    if (expressions.size >= EXPRESSIONS_MAX) expressions.clear();
    expressions.set(key, expression);
  }
  return expression.test(value);
}

/**
 * Weighted choice of a group, then one of its targets. A group none of whose targets is healthy gets traffic on all of
 * them ("fail open"); one without any registered target answers 503.
 */
function forward(
  state: ElbState,
  action: Action,
  request: RoutedRequest,
  { random, now }: { readonly random: Random; readonly now: number },
): Decision {
  const tuples = action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
  const { Enabled: sticky = false, DurationSeconds = 0 } = action.ForwardConfig?.TargetGroupStickinessConfig ?? {};
  const groups = tuples.map((tuple) => ({ arn: tuple.TargetGroupArn ?? '', weight: tuple.Weight ?? 1 }));
  const pinned = sticky ? groups.find(({ arn }) => cookiesOf(request).includes(stickyCookie(arn))) : undefined;
  const chosen = pinned ?? weighted(groups, random);
  const group = chosen && state.targetGroups[chosen.arn];
  if (!group) return fixed(503, '');
  const targets = serving(Object.values(group.targets));
  if (targets.length === 0) return { ...fixed(503, ''), targetGroupArn: group.TargetGroupArn };
  const target = random.pick(targets);
  const result = { instanceId: target.id, port: target.port, targetGroupArn: group.TargetGroupArn };
  if (!sticky) return result;
  // Every answer sets it again, so it is counted from the client's last request.
  const expires = new Date(now + DurationSeconds * 1_000).toUTCString();
  return { ...result, setCookie: `${stickyCookie(group.TargetGroupArn)}; Expires=${expires}; Path=/` };
}

function serving(targets: readonly Target[]): Target[] {
  const registered = targets.filter((target) => target.state !== 'draining');
  const healthy = registered.filter((target) => target.state === 'healthy');
  return healthy.length > 0 ? healthy : registered;
}

function weighted(groups: readonly { arn: string; weight: number }[], random: Random): { arn: string } | undefined {
  const total = groups.reduce((sum, group) => sum + group.weight, 0);
  let draw = random.next() * total;
  for (const group of groups) {
    if (draw < group.weight) return group;
    draw -= group.weight;
  }
  return undefined;
}

/**
 * The real cookie is encrypted; only that it names the group matters here. The client keeps it for the rule's duration.
 * Guess: a group of weight 0 still gets those whose cookie names it, as long as the rule names it and is sticky.
 */
const stickyCookie = (groupArn: string): string => `AWSALBTG=${groupArn.split('/').at(-1)}`;

const cookiesOf = (request: RoutedRequest): string[] =>
  (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
