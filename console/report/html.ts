/** The report of one drill as one self-contained HTML file: no script, no font, nothing fetched. */
import { clockText } from '../terminal.ts';
import { gantt } from './gantt.ts';
import type { ReportModel } from './model.ts';
import { requestChart } from './requests.ts';
import { stateGraph } from './state-graph.ts';
import { escapeText, round } from './svg.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --dim: #6b7280; --line: #d5d9e0; --good: #1a7f4b; --bad: #c0322b; --bar: #2f6feb; --floor: #9aa5b1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #14171b; --dim: #98a1ad; --line: #30363d; --good: #4cc38a; --bad: #f2665f; --bar: #6aa2ff; --floor: #5b6673; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.dim { color: var(--dim) } .good { color: var(--good) } .bad { color: var(--bad) }
.figures { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0 }
.figures div { border: 1px solid var(--line); border-radius: 8px; padding: .5rem .9rem; min-width: 7rem }
.figures b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
td:first-child { white-space: nowrap; font-variant-numeric: tabular-nums }
svg { width: 100%; height: auto } svg text { fill: var(--ink); font: 12px system-ui, sans-serif } svg .axis { fill: var(--dim); font-size: 10px }
.grid { stroke: var(--line) } .step rect { fill: var(--bar) } .floor rect { fill: var(--floor) } .floor text { fill: var(--dim) }
.served { fill: var(--good) } .failed { fill: var(--bad) } .fault { stroke: var(--bad); stroke-dasharray: 4 3 }
.graph { text-align: center } .graph svg { max-width: 640px; max-height: 1400px }
.node path, .node polygon, .node ellipse { stroke: var(--floor); fill: none } .edge path { stroke: var(--floor) } .edge polygon { stroke: var(--floor); fill: var(--floor) }
.node.idle text { fill: var(--dim) } .node.taken path, .node.taken polygon { stroke: var(--bar) } .edge.taken path { stroke: var(--bar); stroke-width: 2 } .edge.taken polygon { stroke: var(--bar); fill: var(--bar) }
`;

/** Renders the report. */
export async function renderReport(model: ReportModel): Promise<string> {
  const { result } = model;
  const title = `${result.slug}: ${model.title}`;
  const ok = result.outcome === result.expected && result.invariants.violated.length === 0;
  const sections = [
    `<h1>${escapeText(title)}</h1>`,
    `<p class="dim">scenario ${escapeText(result.scenario)}, seed ${result.seed}; simulated by ${escapeText(result.engine.name)}; times count from the fault</p>`,
    `<p>Outcome: <b class="${ok ? 'good' : 'bad'}">${escapeText(result.outcome)}</b>, expected ${escapeText(result.expected)}.</p>`,
    figures(model),
    `<h2>What happened</h2>${timeline(model)}`,
    `<h2>Requests</h2>${requestChart(model.buckets)}`,
    `<h2>Critical path beside the floor</h2>${gantt(model.steps, model.floor)}${floorTable(model)}`,
    `<h2>Path taken</h2><div class="graph">${await stateGraph(model.graph, model.steps)}</div>`,
    `<h2>Invariants</h2>${invariants(model)}`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(title)}</title><style>${STYLE}</style></head>
<body>${sections.join('\n')}</body></html>
`;
}

const seconds = (value: number | null): string => (value === null ? 'unknown' : `${round(value)} s`);

function figures({ result }: ReportModel): string {
  const shown: [string, string][] = [
    ['detection', seconds(result.detectSeconds)],
    ['decision', seconds(result.decideSeconds)],
    ['RTO', seconds(result.rtoSeconds)],
    ['RPO', seconds(result.rpoSeconds)],
    ['floor', seconds(result.floorSeconds)],
    ['requests served', String(result.requests.served)],
    ['requests lost', String(result.requests.failed)],
    [
      'invariants',
      `${result.invariants.checked.length - new Set(result.invariants.violated.map((v) => v.id)).size} of ${result.invariants.checked.length} held`,
    ],
  ];
  return `<div class="figures">${shown.map(([name, value]) => `<div>${name}<b>${value}</b></div>`).join('')}</div>`;
}

function timeline({ result }: ReportModel): string {
  const rows = result.timeline.map(
    ({ t, what, region, actor }) =>
      `<tr><td>${clockText(t)}</td><td>${escapeText(region)}</td><td>${escapeText(actor)}</td><td>${escapeText(what)}</td></tr>`,
  );
  return `<table><thead><tr><th>when</th><th>region</th><th>who</th><th>what</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function floorTable({ floor }: ReportModel): string {
  const rows = floor.map(
    (part) =>
      `<tr><td>${round(part.seconds)} s</td><td>${escapeText(part.what)}</td><td class="dim">${escapeText(part.why)}</td></tr>`,
  );
  return `<table><tbody>${rows.join('')}</tbody></table>`;
}

function invariants({ result, invariantTexts }: ReportModel): string {
  const rows = result.invariants.checked.map((id) => {
    const broken = result.invariants.violated.filter((violation) => violation.id === id);
    const verdict = broken.length === 0 ? '<b class="good">held</b>' : '<b class="bad">violated</b>';
    const why = broken.map((violation) => `<br><span class="bad">${escapeText(violation.message)}</span>`).join('');
    return `<tr><td>${escapeText(id)}</td><td>${verdict}</td><td>${escapeText(invariantTexts[id] ?? '')}${why}</td></tr>`;
  });
  return `<table><tbody>${rows.join('')}</tbody></table>`;
}
