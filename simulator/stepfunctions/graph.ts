/** A definition as a graph, for reports and pictures. */
import { parseDefinition, type StateDefinition, type StatesScope } from './definition.ts';

export interface GraphState {
  readonly name: string;
  readonly type: string;
  /** The Parallel state and branch it belongs to; absent at the top. */
  readonly within?: { readonly state: string; readonly branch: number };
  readonly comment?: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** 'start' leads from a Parallel state into a branch. */
  readonly kind: 'next' | 'choice' | 'default' | 'catch' | 'start';
  /** A condition or the caught errors. */
  readonly label?: string;
}

export interface Graph {
  readonly startAt: string;
  readonly states: GraphState[];
  readonly edges: GraphEdge[];
}

/** States and edges of a checked definition, in the order in which they are written. */
export function graphOf(definitionText: string): Graph {
  const definition = parseDefinition(definitionText);
  const graph: Graph = { startAt: definition.StartAt, states: [], edges: [] };
  addScope(graph, definition);
  return graph;
}

function addScope(graph: Graph, scope: StatesScope, within?: GraphState['within']): void {
  for (const [name, state] of Object.entries(scope.States)) {
    graph.states.push({
      name,
      type: state.Type,
      ...(within && { within }),
      ...(state.Comment !== undefined && { comment: state.Comment }),
    });
    graph.edges.push(...edgesFrom(name, state));
    for (const [branch, inner] of (state.Branches ?? []).entries()) {
      graph.edges.push({ from: name, to: inner.StartAt, kind: 'start', label: `branch ${branch}` });
      addScope(graph, inner, { state: name, branch });
    }
  }
}

function edgesFrom(from: string, state: StateDefinition): GraphEdge[] {
  const edges: GraphEdge[] = [];
  if (state.Next !== undefined) edges.push({ from, to: state.Next, kind: 'next' });
  for (const { Condition, Next } of state.Choices ?? []) {
    edges.push({ from, to: Next, kind: 'choice', label: String(Condition) });
  }
  if (state.Default !== undefined) edges.push({ from, to: state.Default, kind: 'default' });
  for (const { ErrorEquals, Next } of state.Catch ?? []) {
    edges.push({ from, to: Next, kind: 'catch', label: ErrorEquals.join(', ') });
  }
  return edges;
}
