/** Which resource needs which: references found in properties, DependsOn, and the order that follows. */
import { AwsError } from '../errors.ts';
import { attributeReference, callIn } from './intrinsics.ts';
import type { Scope } from './scope.ts';
import { variablesOf } from './sub.ts';
import { isRecord, listOf, type ResourceDeclaration, templateError } from './template.ts';

/** Logical id → what it waits for, in the template's order. */
export type DependencyGraph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Throws AwsError ValidationError naming every reference that leads nowhere, or the resources of a circle.
 * `resources` are those whose condition holds.
 */
export function dependencyGraph(
  resources: Readonly<Record<string, ResourceDeclaration>>,
  scope: Scope,
): DependencyGraph {
  const graph = new Map<string, Set<string>>();
  const unresolved = new Set<string>();
  for (const [logicalId, resource] of Object.entries(resources)) {
    const needs = new Set<string>();
    for (const name of listOf(resource.DependsOn)) {
      // A dependency on a resource whose condition is false is no dependency.
      if (!Object.hasOwn(scope.template.Resources, name)) unresolved.add(name);
      else if (Object.hasOwn(resources, name)) needs.add(name);
    }
    for (const name of referencesIn(resource.Properties, scope, `Resources.${logicalId}.Properties`)) {
      if (Object.hasOwn(resources, name)) needs.add(name);
      else unresolved.add(name);
    }
    graph.set(logicalId, needs);
  }
  if (unresolved.size > 0) {
    throw new AwsError(
      'ValidationError',
      `Template format error: Unresolved resource dependencies [${[...unresolved].join(', ')}] in the Resources block of the template`,
      { status: 400 },
    );
  }
  refuseCircles(graph);
  return graph;
}

/** The logical ids that a value refers to; branches of Fn::If that are not taken do not count. */
export function referencesIn(value: unknown, scope: Scope, path: string): Set<string> {
  const found = new Set<string>();
  collect(value, scope, path, found);
  return found;
}

function collect(value: unknown, scope: Scope, path: string, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, scope, path, found);
    return;
  }
  if (!isRecord(value)) return;
  const call = callIn(value, path);
  if (call === undefined) {
    for (const [key, item] of Object.entries(value)) collect(item, scope, `${path}.${key}`, found);
    return;
  }
  const { name, argument } = call;
  const addName = (reference: string): void => {
    if (!Object.hasOwn(scope.pseudo, reference) && !Object.hasOwn(scope.parameters, reference)) found.add(reference);
  };
  if (name === 'Ref') addName(String(argument));
  else if (name === 'Fn::GetAtt') {
    found.add(attributeReference(argument, path, (part) => part)[0]);
    collect(argument, scope, path, found);
  } else if (name === 'Fn::Sub') {
    const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
    const own = isRecord(given) ? given : {};
    for (const variable of variablesOf(String(text))) {
      if (!Object.hasOwn(own, variable)) addName(variable.split('.')[0]!);
    }
    collect(given, scope, path, found);
  } else if (name === 'Fn::If' && Array.isArray(argument) && typeof argument[0] === 'string') {
    const holds = scope.condition(argument[0]);
    if (holds === undefined) throw templateError(path, `Unresolved condition dependency ${argument[0]}`);
    collect(argument[holds ? 1 : 2], scope, path, found);
  } else collect(argument, scope, path, found);
}

function refuseCircles(graph: DependencyGraph): void {
  const remaining = new Map([...graph].map(([name, needs]) => [name, new Set(needs)]));
  for (let progress = true; progress; ) {
    progress = false;
    for (const [name, needs] of remaining) {
      for (const need of needs) if (!remaining.has(need)) needs.delete(need);
      if (needs.size === 0) {
        remaining.delete(name);
        progress = true;
      }
    }
  }
  if (remaining.size === 0) return;
  // What only waits for the circle is not part of it.
  const inCircle = [...remaining.keys()].filter((name) => reachable(remaining, name).has(name));
  throw new AwsError('ValidationError', `Circular dependency between resources: [${inCircle.join(', ')}]`, {
    status: 400,
  });
}

function reachable(graph: DependencyGraph, start: string): Set<string> {
  const seen = new Set<string>();
  const open = [...(graph.get(start) ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(graph.get(name) ?? []));
  }
  return seen;
}
