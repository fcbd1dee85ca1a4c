/** REST routes: which operation a method, a path and a query string mean. Used by `clients.ts` and `rest.ts`. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../errors.ts';
import type { Operation } from './clients.ts';
import { requiredCount } from './schemas.ts';

/** One operation's URI template, ready to match. */
export interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly path: RegExp;
  /** Names of the path's labels, in the order of the expression's groups. */
  readonly labels: readonly string[];
  /** Parameters that the template fixes: [name, value], '' for a bare name. */
  readonly query: readonly (readonly [string, string])[];
  /** How much of it is fixed; of routes that fit, those with the most are meant. */
  readonly rank: number;
  /** Where its required members travel: 'query <name>', 'header <name>', 'label <name>'. */
  readonly required: readonly string[];
}

export interface Match {
  readonly operation: Operation;
  /** Label → value, decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a request gives to choose a route by. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Labels that are not in the path: S3's bucket. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The SDK for JavaScript names the operation in this parameter where paths alone are ambiguous; other clients do not. */
const OPERATION_PARAMETER = 'x-id';

/** The routes of these operations, the most specific first. */
export function routesOf(operations: readonly Operation[]): Route[] {
  const routes = operations.flatMap((operation) => {
    if (!operation.http) return [];
    const [method, template] = operation.http;
    const [path = '', text = ''] = template.split('?');
    const query = [...new URLSearchParams(text)].filter(([name]) => name !== OPERATION_PARAMETER);
    // Fixed text beats labels, fixed parameters beat none, and a label that swallows slashes comes last.
    const fixedLength = path.replace(/\{[^}]*\}/g, '').length;
    const rank = fixedLength * 10 + query.length - (path.includes('+}') ? 100 : 0);
    return [{ operation, method, query, rank, required: requiredOf(operation.input), ...compile(path) }];
  });
  return routes.sort((a, b) => b.rank - a.rank);
}

function requiredOf(input: NormalizedSchema): string[] {
  if (input.isUnitSchema()) return [];
  const members = [...input.structIterator()].slice(0, requiredCount(input));
  return members.flatMap(([name, member]) => {
    const { httpQuery, httpHeader, httpLabel } = member.getMergedTraits();
    if (httpQuery !== undefined) return [`query ${httpQuery}`];
    if (httpHeader !== undefined) return [`header ${httpHeader.toLowerCase()}`];
    return httpLabel ? [`label ${name}`] : [];
  });
}

/** The route that this request fits; undefined when none does. Throws AwsError 'InvalidURI'. */
export function matchRoute(routes: readonly Route[], asked: Asked): Match | undefined {
  const fitting = routes.filter(
    ({ method, path, query }) =>
      method === asked.method &&
      path.test(asked.path) &&
      query.every(([name, value]) => hasParameter(asked.query, name, value)),
  );
  const named = fitting.find(({ operation }) => operation.name === asked.query.get(OPERATION_PARAMETER));
  const route = named ?? bestOf(fitting, asked);
  if (!route) return undefined;
  const found = route.path.exec(asked.path) ?? [];
  return { operation: route.operation, labels: labelsOf(route, found) };
}

/** Of equally specific routes the one with most required members, all of them given: UploadPart before PutObject. */
function bestOf(fitting: readonly Route[], asked: Asked): Route | undefined {
  const [first] = fitting;
  const equal = fitting.filter(({ rank }) => rank === first?.rank);
  const complete = equal.filter((route) => route.required.every((member) => isGiven(member, route, asked)));
  return complete.sort((a, b) => b.required.length - a.required.length)[0] ?? first;
}

function isGiven(member: string, route: Route, { query, headers, labels }: Asked): boolean {
  const [place, name = ''] = member.split(' ');
  if (place === 'query') return query.has(name);
  return place === 'header' ? headers[name] !== undefined : route.labels.includes(name) || labels[name] !== undefined;
}

function labelsOf(route: Route, found: readonly string[]): Record<string, string> {
  try {
    return Object.fromEntries(route.labels.map((label, i) => [label, decodeURIComponent(found[i + 1] ?? '')]));
  } catch (cause) {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", { status: 400, cause });
  }
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
