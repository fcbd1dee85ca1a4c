/** The figures of a drill, or of many, as text for standard output. */
import type { DrillResult, Percentiles, Summary } from './drill/result.ts';
import type { ReportModel } from './report/model.ts';
import type { Faults } from './soak/job.ts';
import { replayCommand } from './soak/text.ts';

const NAME_WIDTH = 11;

const seconds = (value: number | null): string => (value === null ? 'unknown' : `${Math.round(value * 10) / 10} s`);
const line = (name: string, text: string): string => `${name.padEnd(NAME_WIDTH)} ${text}`;

/** The capability's own figures first, as far as its drill has any; what is unknown says so. */
export function summaryLines(result: DrillResult, { figures, floor = [], checked: texts }: ReportModel): string[] {
  const { violated, checked } = result.invariants;
  const broken = new Set(violated.map(({ id }) => id));
  const parts = floor.map((part) => `${part.what} ${part.seconds}`).join(' + ');
  const { events, calls, virtualSeconds } = result.engine;
  return [
    line('outcome', `${result.outcome}${expectation(result)}`),
    ...figures.map(({ name, value, says }) => line(name, `${value}, ${says}`)),
    ...(result.floorSeconds === null ? [] : [line('floor', `${seconds(result.floorSeconds)} = ${parts}`)]),
    line('requests', `${result.requests.served} served, ${result.requests.failed} lost`),
    line('invariants', `${checked.length} checked, ${checked.length - broken.size} held, ${broken.size} violated`),
    ...[...broken].flatMap((id) => [
      line('violated', `${id}: ${texts.find((row) => row.id === id)?.text ?? ''}`),
      ...violated.filter((violation) => violation.id === id).map(({ message }) => line('', `  ${message}`)),
    ]),
    line('simulated', `${clock(virtualSeconds)} of virtual time, ${events} events, ${calls} entries in the trace`),
  ];
}

function expectation({ outcome, expected }: DrillResult): string {
  if (expected === null) return '';
  return outcome === expected ? ', as expected' : `; expected ${expected}`;
}

const clock = (value: number): string => `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;

export function poolSummaryText(summary: Summary): string {
  const { runs, violated, unexpected, crashed, p50RtoSeconds, p95RtoSeconds, maxRtoSeconds, perSecond } = summary;
  const measures = Object.entries(summary.measures ?? {});
  return [
    line('runs', `${runs}, ${perSecond} per second`),
    line('violated', `${violated} with a violated invariant`),
    line('unexpected', `${unexpected} with another outcome than expected`),
    ...(crashed > 0 ? [line('crashed', `${crashed} without a result`)] : []),
    line('RTO', `p50 ${seconds(p50RtoSeconds)}, p95 ${seconds(p95RtoSeconds)}, longest ${seconds(maxRtoSeconds)}`),
    ...measures.map(([name, percentiles]) => measureLine(name, percentiles)),
  ].join('\n');
}

const UNIT = /Seconds$/;

/** 'rollbackSeconds' is told as 'rollback', in seconds; without a unit it is a count. */
function measureLine(name: string, { p50, p95, p99, max }: Percentiles): string {
  const said = (value: number | null): string => {
    if (UNIT.test(name)) return seconds(value);
    return value === null ? 'unknown' : String(value);
  };
  return line(name.replace(UNIT, ''), `p50 ${said(p50)}, p95 ${said(p95)}, p99 ${said(p99)}, most ${said(max)}`);
}

/** What went wrong with a seed, and how to look at it. */
export const troubleText = (name: string, seed: number, why: string, faults?: Faults): string =>
  `seed ${seed}: ${why}\n  ${replayCommand(name, seed, faults)} --pretty`;
