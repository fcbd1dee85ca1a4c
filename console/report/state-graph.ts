/** The state machine as a graph with the path taken, drawn by Graphviz (compiled to WebAssembly, in process). */
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import type { Graph, Visit } from './model.ts';
import { secondsText } from './svg.ts';

/** One node stands for every state that may fail: the real edges, one from each, would hide the rest. */
const ANY_FAILURE = 'any step fails';
/** Stamps of a history are milliseconds. */
const SAME_SECONDS = 0.002;

const quote = (name: string): string => JSON.stringify(name);

export async function stateGraph(graph: Graph, visits: readonly Visit[]): Promise<string> {
  const graphviz = await Graphviz.load();
  const svg = graphviz.dot(dotOf(graph, visits));
  const title = `<title>State machine; ${new Set(visits.map(({ name }) => name)).size} of ${graph.states.length} states were entered</title>`;
  // The tooltips that Graphviz makes repeat the labels.
  const bare = svg.slice(svg.indexOf('<svg')).replaceAll(/<title>[^<]*<\/title>\n?|<!--[\s\S]*?-->\n?/g, '');
  return bare.replace(/<svg([^>]*)>/, `<svg$1 role="img">${title}`);
}

/** The graph in Graphviz's language. */
export function dotOf(graph: Graph, visits: readonly Visit[]): string {
  const outer = graph.states.filter(({ within }) => within === undefined);
  return [
    'digraph {',
    'graph [rankdir=TB, bgcolor="transparent", nodesep=0.22, ranksep=0.28];',
    'node [shape=box, style=rounded, fontname="Helvetica,Arial,sans-serif", fontsize=11, margin="0.25,0.06", height=0.3];',
    'edge [arrowsize=0.6];',
    ...outer.map(({ name }) => node(name, visits)),
    ...branches(graph, visits),
    ...edges(graph, visits),
    '}',
  ].join('\n');
}

function node(name: string, visits: readonly Visit[]): string {
  const own = visits.filter((visit) => visit.name === name);
  const spent = own.reduce((sum, { from, until }) => sum + until - from, 0);
  const times = own.length > 1 ? `${own.length} times, ` : '';
  // Choices and notes take no time worth a word.
  const label = spent < 0.05 ? name : `${name}\n${times}${secondsText(spent)}`;
  return `${quote(name)} [label=${quote(label)}, class="${own.length > 0 ? 'taken' : 'idle'}"];`;
}

/** A box around each branch of a parallel state. */
function branches({ states }: Graph, visits: readonly Visit[]): string[] {
  const grouped = new Map<string, string[]>();
  for (const { name, within } of states) {
    if (!within) continue;
    const key = `${within.state} ${within.branch}`;
    grouped.set(key, [...(grouped.get(key) ?? []), node(name, visits)]);
  }
  return [...grouped.values()].flatMap((nodes, index) => [
    `subgraph cluster_${index} { style=rounded; margin=6;`,
    ...nodes,
    '}',
  ]);
}

function edges({ edges: all }: Graph, visits: readonly Visit[]): string[] {
  const shown = new Map<string, string>();
  const failures = new Set<string>();
  for (const { from, to, kind } of all) {
    const edge = `${quote(from)} -> ${quote(to)}`;
    const sources = all.filter((other) => other.kind === 'catch' && other.to === to).length;
    if (wasTaken(from, to, kind, visits)) shown.set(edge, 'class="taken"');
    else if (kind === 'catch' && sources > 1) failures.add(to);
    else if (!shown.has(edge)) shown.set(edge, `class="idle"${kind === 'catch' ? ', style=dashed' : ''}`);
  }
  return [
    ...[...shown].map(([edge, attributes]) => `${edge} [${attributes}];`),
    ...(failures.size > 0 ? [`${quote(ANY_FAILURE)} [shape=plaintext, class="idle"];`] : []),
    ...[...failures].map((to) => `${quote(ANY_FAILURE)} -> ${quote(to)} [class="idle", style=dashed];`),
  ];
}

/** A branch runs while its parallel state does; every other state is the next to begin after the one before it. */
function wasTaken(from: string, to: string, kind: string, visits: readonly Visit[]): boolean {
  const entered = visits.filter(({ name }) => name === to);
  return visits
    .filter(({ name }) => name === from)
    .some((left) => {
      if (kind === 'start') return entered.some((visit) => visit.from >= left.from && visit.until <= left.until);
      const next = Math.min(
        ...visits.filter((visit) => visit !== left && isAfter(visit, left)).map((visit) => visit.from),
      );
      return entered.some((visit) => Math.abs(visit.from - next) <= SAME_SECONDS && isAfter(visit, left));
    });
}

const isAfter = (visit: Visit, left: Visit): boolean =>
  visit.from >= left.until - SAME_SECONDS && visit.until >= left.until;
