/** The figures of one drill on standard output. */
import type { DrillResult } from './drill/result.ts';
import type { ReportModel } from './report/model.ts';
import { round } from './report/svg.ts';

const seconds = (value: number | null): string => (value === null ? 'unknown' : `${round(value)} s`);

export function printResult(result: DrillResult, { floor }: ReportModel): void {
  const { violated, checked } = result.invariants;
  const broken = new Set(violated.map(({ id }) => id));
  const rows: [string, string][] = [
    [
      'outcome',
      `${result.outcome}${result.outcome === result.expected ? ', as expected' : `; expected ${result.expected}`}`,
    ],
    ['detection', seconds(result.detectSeconds)],
    ['decision', seconds(result.decideSeconds)],
    ['RTO', `${seconds(result.rtoSeconds)} (target 900 s)`],
    ['RPO', `${seconds(result.rpoSeconds)} (target 300 s)`],
    [
      'floor',
      `${seconds(result.floorSeconds)} (${floor.map((part) => `${part.what} ${round(part.seconds)}`).join(' + ')})`,
    ],
    ['requests', `${result.requests.served} served, ${result.requests.failed} lost`],
    ['invariants', `${checked.length - broken.size} of ${checked.length} held`],
    ...violated.map(({ id, message }): [string, string] => ['violated', `${id}: ${message}`]),
  ];
  process.stdout.write(`${rows.map(([name, value]) => `${name.padEnd(11)} ${value}`).join('\n')}\n`);
}
