/** REST routes: which operation a method, a path and a query string mean. Used by `clients.ts` and `rest.ts`. */
import type { Operation } from './clients.ts';

/** One operation's URI template, ready to match. */
export interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly path: RegExp;
  /** Names of the path's labels, in the order of the expression's groups. */
  readonly labels: readonly string[];
  /** Parameters that the template fixes: [name, value], '' for a bare name. */
  readonly query: readonly (readonly [string, string])[];
}

export interface Match {
  readonly operation: Operation;
  /** Label → value, decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The routes of these operations, the most specific first. */
export function routesOf(operations: readonly Operation[]): Route[] {
  const ranked = operations.flatMap((operation) => {
    if (!operation.http) return [];
    const [method, template] = operation.http;
    const [path = '', query = ''] = template.split('?');
    const parameters = [...new URLSearchParams(query)];
    // Fixed text beats labels, fixed parameters beat none, and a label that swallows slashes comes last.
    const fixedLength = path.replace(/\{[^}]*\}/g, '').length;
    const rank = fixedLength * 10 + parameters.length - (path.includes('+}') ? 100 : 0);
    return [{ rank, route: { operation, method, query: parameters, ...compile(path) } }];
  });
  return ranked.sort((a, b) => b.rank - a.rank).map((each) => each.route);
}

/** The first route that this request fits; undefined when none does. */
export function matchRoute(routes: readonly Route[], method: string, path: string, query: URLSearchParams) {
  for (const route of routes) {
    if (route.method !== method) continue;
    const found = route.path.exec(path);
    if (!found || !route.query.every(([name, value]) => hasParameter(query, name, value))) continue;
    const labels = Object.fromEntries(route.labels.map((label, i) => [label, decodeURIComponent(found[i + 1] ?? '')]));
    return { operation: route.operation, labels } satisfies Match;
  }
  return undefined;
}

function compile(path: string): { path: RegExp; labels: string[] } {
  const labels: string[] = [];
  const segments = path.split('/').map((segment) => {
    const label = /^\{(\w+)(\+?)\}$/.exec(segment);
    if (!label) return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    labels.push(label[1] ?? '');
    return label[2] ? '(.+)' : '([^/]+)';
  });
  return { path: new RegExp(`^${segments.join('/').replace(/\/$/, '')}/?$`), labels };
}

const hasParameter = (query: URLSearchParams, name: string, value: string): boolean =>
  value === '' ? query.has(name) : query.get(name) === value;
