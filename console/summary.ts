/** The figures of a drill, or of many, as text for standard output. */
import type { DrillResult, Summary } from './drill/result.ts';
import { RPO_SECONDS_MAX, RTO_SECONDS_MAX } from './drill/targets.ts';
import type { ReportModel } from './report/model.ts';
import type { Faults } from './soak/job.ts';
import { replayCommand } from './soak/text.ts';

const NAME_WIDTH = 11;

const seconds = (value: number | null): string => (value === null ? 'unknown' : `${Math.round(value * 10) / 10} s`);
const line = (name: string, text: string): string => `${name.padEnd(NAME_WIDTH)} ${text}`;

/** Times appear where something was moved; what is unknown then says so. */
export function summaryLines(result: DrillResult, { floor, checked: texts }: ReportModel): string[] {
  const { violated, checked } = result.invariants;
  const broken = new Set(violated.map(({ id }) => id));
  const moved = result.rtoSeconds !== null || result.outcome === 'failed-over';
  const parts = floor.map((part) => `${part.what} ${part.seconds}`).join(' + ');
  const { events, calls, virtualSeconds } = result.engine;
  return [
    line('outcome', `${result.outcome}${expectation(result)}`),
    ...(moved
      ? [
          line('detection', `${seconds(result.detectSeconds)}, from the fault to the start of the machine`),
          line('decision', `${seconds(result.decideSeconds)}, from there to the promotion`),
          line(
            'RTO',
            `${seconds(result.rtoSeconds)}, from the first lost write to service for all (target ${RTO_SECONDS_MAX} s)`,
          ),
          line('RPO', `${seconds(result.rpoSeconds)} of writes lost (target ${RPO_SECONDS_MAX} s)`),
        ]
      : []),
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
  return [
    line('runs', `${runs}, ${perSecond} per second`),
    line('violated', `${violated} with a violated invariant`),
    line('unexpected', `${unexpected} with another outcome than expected`),
    ...(crashed > 0 ? [line('crashed', `${crashed} without a result`)] : []),
    line('RTO', `p50 ${seconds(p50RtoSeconds)}, p95 ${seconds(p95RtoSeconds)}, longest ${seconds(maxRtoSeconds)}`),
  ].join('\n');
}

/** What went wrong with a seed, and how to look at it. */
export const troubleText = (name: string, seed: number, why: string, faults?: Faults): string =>
  `seed ${seed}: ${why}\n  ${replayCommand(name, seed, faults)} --pretty`;
