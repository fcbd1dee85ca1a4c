/** The report of one drill as one self-contained HTML file: no script, no font, nothing fetched. */
import { held } from '../drill/result.ts';
import { clockText } from '../terminal.ts';
import { charts } from './charts.ts';
import { gantt } from './gantt.ts';
import type { Figure, FloorPart, ReportModel } from './model.ts';
import { stateGraph } from './state-graph.ts';
import { STYLE } from './style.ts';
import { escapeText, secondsText } from './svg.ts';

/** Renders the report. */
export async function renderReport(model: ReportModel): Promise<string> {
  const { result, bars = [], floor = [], visits = [], graph } = model;
  const title = `${result.slug}/${result.scenario}, seed ${result.seed}`;
  const body = [
    `<main><p class="dim">${escapeText(title)}</p>`,
    `<h1>${escapeText(sentence(model.title))}</h1>`,
    verdict(model),
    figures(model),
    section(model.tracks.heading, charts(model)),
    ...(bars.length > 0
      ? [section('The way to recovery, beside the floor', gantt(bars, floor)), floorTable(floor)]
      : []),
    section('What happened', timeline(model)),
    ...(graph && visits.length > 0
      ? [
          section(
            'The machine, and the path it took',
            `<p class="wide">The picture is wider than this screen; move it sideways.</p><div class="graph" role="region" aria-label="State machine" tabindex="0">${await stateGraph(graph, visits)}</div>`,
          ),
        ]
      : []),
    section('Invariants, judged from the world’s own ledger', invariants(model)),
    section('How this was made', made(model)),
    '</main>',
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeText(title)}</title><style>${STYLE}</style></head>
<body>${body.join('\n')}</body></html>
`;
}

const section = (heading: string, inside: string): string =>
  `<section><h2>${escapeText(heading)}</h2>${inside}</section>`;
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function verdict({ result, story }: ReportModel): string {
  const ok = held(result);
  const expected = result.outcome === result.expected ? 'as expected' : `expected was ${result.expected}`;
  return `<p><span class="verdict ${ok ? 'good' : 'bad'}">${ok ? 'held' : 'broken'}</span> <b>${escapeText(result.outcome)}</b>, ${escapeText(expected)}. ${escapeText(story)}</p>`;
}

function figures({ result, figures: own }: ReportModel): string {
  const { checked, violated } = result.invariants;
  const broken = new Set(violated.map(({ id }) => id)).size;
  const shown: readonly Figure[] = [
    ...own,
    ...(result.floorSeconds === null
      ? []
      : [{ name: 'floor', value: secondsText(result.floorSeconds), says: 'the least that this path takes' }]),
    { name: 'requests served', value: String(result.requests.served), says: 'by users, in the whole drill' },
    { name: 'requests lost', value: String(result.requests.failed), says: 'by users, in the whole drill' },
    { name: 'invariants', value: `${checked.length - broken} of ${checked.length}`, says: 'held' },
  ];
  const cells = shown.map(
    ({ name, value, says }) =>
      `<div><dt>${escapeText(name)}</dt><dd>${escapeText(value)}<small>${escapeText(says)}</small></dd></div>`,
  );
  return `<dl class="figures">${cells.join('')}</dl>`;
}

function timeline({ result }: ReportModel): string {
  const rows = result.timeline.map(
    ({ t, what, region, actor }) =>
      `<tr><td class="t">${clockText(t)}</td><td class="n">${escapeText(region)}</td><td class="n dim">${escapeText(actor)}</td><td class="what">${escapeText(what)}</td></tr>`,
  );
  return `<p class="dim">Minutes and seconds of virtual time since the fault.</p><table class="stack"><thead><tr><th scope="col">when</th><th scope="col">where</th><th scope="col">who</th><th scope="col">what</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function floorTable(floor: readonly FloorPart[]): string {
  const rows = floor.map(
    (part) =>
      `<tr><td class="t">${secondsText(part.seconds)}</td><td class="n">${escapeText(part.what)}</td><td class="dim">${escapeText(part.why)}</td></tr>`,
  );
  return `<details><summary>Why the floor cannot be lower</summary><table><tbody>${rows.join('')}</tbody></table></details>`;
}

function invariants({ result, checked }: ReportModel): string {
  const rows = checked.map(({ id, text, lookedAt }) => {
    const broken = result.invariants.violated.filter((violation) => violation.id === id);
    const said = broken.map(({ message }) => `<br><span class="bad">${escapeText(message)}</span>`).join('');
    const short = id.split('/').at(-1) ?? id;
    const how = broken.length === 0 ? '<b class="good">held</b>' : '<b class="bad">violated</b>';
    return `<tr><td class="n" title="${escapeText(id)}">${escapeText(short)}</td><td class="n">${how}</td><td class="what">${escapeText(text)}${said}<br><span class="dim">looked at: ${escapeText(lookedAt)}</span></td></tr>`;
  });
  return `<table class="stack"><thead><tr><th scope="col">id</th><th scope="col">verdict</th><th scope="col">what it says</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function made({ result }: ReportModel): string {
  const { name, events, calls, virtualSeconds } = result.engine;
  const again = `npx mainstay drill ${result.slug}/${result.scenario} --seed ${result.seed}`;
  const replay = `npx mainstay replay ${result.slug}/${result.scenario} --seed ${result.seed} --pretty`;
  return `<p>The deployed templates, state machines and function bundles ran in the ${escapeText(name)}: ${Math.round(virtualSeconds)} s of virtual time, ${events} events, ${calls} entries in the trace. The same seed gives the same run:</p><p><code>${escapeText(again)}</code></p><p>Every single event of it:</p><p><code>${escapeText(replay)}</code></p>`;
}
