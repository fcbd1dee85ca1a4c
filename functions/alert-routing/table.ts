/** The routing table made ready: which severity, route and group a signal gets, and by which row. Pure. */
import type { Placement } from './alert.ts';
import { groupKey } from './keys.ts';
import { compile, type Predicate } from './matchers.ts';
import type { Inhibition, Policy, Route, Routing } from './routing.ts';
import type { Severity, Signal } from './signal.ts';

export const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const satisfies readonly Severity[];

/** Negative when `a` is graver. */
export const compareSeverity = (a: Severity, b: Severity): number => a.charCodeAt(1) - b.charCodeAt(1);

export interface CompiledInhibition extends Omit<Inhibition, 'source' | 'target'> {
  readonly source: Predicate;
  readonly target: Predicate;
}

export interface Table {
  readonly routing: Routing;
  readonly inhibitions: readonly CompiledInhibition[];
  place(signal: Signal): Placement;
  /** The severity, and which row or source it comes from. */
  severity(signal: Signal): { readonly severity: Severity; readonly because: string };
  route(id: string): Route;
  routeOf(signal: Signal): Route;
  /** The policy of a severity on a route. */
  policy(route: Route, severity: Severity): Policy;
  policies(route: Route): Readonly<Record<Severity, Policy>>;
}

export function tableOf(routing: Routing): Table {
  const severities = routing.severities.map((row) => ({ ...row, holds: compile(row.when) }));
  const routes = routing.routes.map((route) => ({ route, holds: compile(route.when) }));
  const byId = new Map(routing.routes.map((route) => [route.id, route]));
  const policies = new Map(routing.routes.map((route) => [route.id, policiesOf(route, routing)]));
  const last = routing.routes.at(-1) as Route;
  const inhibitions = routing.inhibitions.map((rule) => ({
    ...rule,
    source: compile(rule.source),
    target: compile(rule.target),
  }));
  const signs = routing.remediations.flatMap(({ when }) => when.map((matchers) => compile(matchers)));
  const routeOf = (signal: Signal): Route => routes.find(({ holds }) => holds(signal))?.route ?? last;
  const ruled = (signal: Signal): { severity: Severity; because: string } => {
    const row = severities.find(({ holds }) => holds(signal));
    if (row) return { severity: row.severity, because: `severity rule ${row.id}` };
    if (signal.severity) return { severity: signal.severity, because: `${signal.source} says so` };
    return { severity: routing.defaultSeverity, because: 'the default severity: no rule and no source says any' };
  };
  const severityOn = (signal: Signal, route: Route): { severity: Severity; because: string } => {
    const { severity, because } = ruled(signal);
    const nearest = nearestOf(severity, route.severities);
    return nearest === severity
      ? { severity, because }
      : { severity: nearest, because: `${because}, but route ${route.id} knows no ${severity}` };
  };
  return {
    routing,
    inhibitions,
    routeOf,
    route: (id) => byId.get(id) ?? last,
    severity: (signal) => severityOn(signal, routeOf(signal)),
    policy: (route, severity) => policies.get(route.id)?.[severity] ?? routing.policies[severity],
    policies: (route) => policies.get(route.id) ?? routing.policies,
    place(signal) {
      const route = routeOf(signal);
      const { severity } = severityOn(signal, route);
      return {
        severity,
        route: route.id,
        group: groupKey(signal, route),
        quietSeconds: route.quietSeconds,
        inhibits: inhibitions.some(({ source }) => source(signal, severity)),
        evidence: signs.some((holds) => holds(signal, severity)),
      };
    },
  };
}

/** The policies of a route: the general ones, with what differs there. */
export const policiesOf = (route: Route, { policies }: Routing): Readonly<Record<Severity, Policy>> =>
  Object.fromEntries(
    SEVERITIES.map((severity) => [severity, { ...policies[severity], ...route.policies?.[severity] }]),
  ) as Record<Severity, Policy>;

/** The same, else the nearest; of two as near the graver. */
function nearestOf(severity: Severity, allowed: readonly Severity[]): Severity {
  if (allowed.includes(severity)) return severity;
  const distance = (other: Severity): number => Math.abs(compareSeverity(other, severity));
  return [...allowed].sort((a, b) => distance(a) - distance(b) || compareSeverity(a, b))[0] as Severity;
}
