/** Who took writes, and when, for the report: a row for each region. */
import type { ReportModel, Track } from '../../report/model.ts';
import { BEFORE_SECONDS } from '../../report/parts.ts';
import { clockText } from '../../terminal.ts';
import type { Evidence } from './evidence.ts';

/** An admitted instance writes a heartbeat every 2 s; a longer silence is a stop. */
const SILENCE_SECONDS = 6;

/** A stretch in which one region's database took writes under one epoch. */
export interface Writing {
  readonly region: string;
  readonly epoch: number;
  readonly from: number;
  readonly until: number;
  readonly writes: number;
}

/** From the writes that the databases took, never from what anybody says of himself. */
export function writingOf({ writes, faultAt }: Evidence): Writing[] {
  const stretches: (Writing & { until: number; writes: number })[] = [];
  for (const { t, region, epoch } of writes) {
    const at = t - faultAt;
    if (at < -BEFORE_SECONDS) continue;
    const open = stretches.findLast((stretch) => stretch.region === region && stretch.epoch === epoch);
    if (open && at - open.until <= SILENCE_SECONDS) {
      open.until = at;
      open.writes += 1;
    } else stretches.push({ region, epoch, from: at, until: at, writes: 1 });
  }
  return stretches;
}

/** A row for each region that can write. */
export const writerTracks = (regions: readonly string[], writing: readonly Writing[]): ReportModel['tracks'] => ({
  heading: 'Users and writers',
  says: 'Below: when each region’s database took writes.',
  rows: regions.map((region, index) => track(region, index === 0 ? 'step' : 'other', writing)),
});

function track(region: string, kind: 'step' | 'other', writing: readonly Writing[]): Track {
  const own = writing.filter((stretch) => stretch.region === region);
  const epochs = [...new Set(own.map(({ epoch }) => epoch))].join(', ');
  return {
    name: epochs === '' ? `${region} never writes` : `${region} writes, epoch ${epochs}`,
    value: `${own.reduce((sum, { writes }) => sum + writes, 0)} writes`,
    boxes: own.map(({ epoch, from, until, writes }) => ({
      from,
      until,
      kind,
      title: `epoch ${epoch}: ${writes} writes, ${clockText(from)} to ${clockText(until)}`,
    })),
  };
}
