/** The state machine as a graph with the path taken, drawn by Graphviz (compiled to WebAssembly, in process). */
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import type { Graph, Step } from './model.ts';

export async function stateGraph(graph: Graph, steps: readonly Step[]): Promise<string> {
  const visited = new Set(steps.map((step) => step.name));
  const quote = (name: string) => JSON.stringify(name);
  const nodes = graph.states.map((state) => {
    const taken = visited.has(state);
    return `${quote(state)} [class="${taken ? 'taken' : 'idle'}"${taken ? ', penwidth=2' : ''}]`;
  });
  const edges = graph.edges.map(({ from, to, label }) => {
    const taken = visited.has(from) && visited.has(to);
    const attributes = [`class="${taken ? 'taken' : 'idle'}"`, ...(label ? [`label=${quote(label)}`] : [])];
    return `${quote(from)} -> ${quote(to)} [${attributes.join(', ')}]`;
  });
  const dot = `digraph {
  graph [rankdir=TB, bgcolor="transparent", nodesep=0.25, ranksep=0.3];
  node [shape=box, style=rounded, fontname="system-ui, sans-serif", fontsize=11];
  edge [fontname="system-ui, sans-serif", fontsize=9];
  ${[...nodes, ...edges].join(';\n  ')};
}`;
  const graphviz = await Graphviz.load();
  const svg = graphviz.dot(dot);
  return svg.slice(svg.indexOf('<svg'));
}
