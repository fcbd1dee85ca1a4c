/** What a region failover is measured by, in words. Read by the report and the summary. */
import type { DrillResult } from '../../drill/result.ts';
import type { Figure } from '../../report/model.ts';
import { RPO_SECONDS_MAX, RTO_SECONDS_MAX } from './targets.ts';

/** Nothing where nothing was moved; what is unknown of a move says so. */
export function figuresOf({ rtoSeconds, rpoSeconds, detectSeconds, decideSeconds, outcome }: DrillResult): Figure[] {
  if (rtoSeconds === null && outcome !== 'failed-over') return [];
  const figure = (name: string, value: number | null, says: string): Figure => ({
    name,
    value: value === null ? 'unknown' : `${Math.round(value * 10) / 10} s`,
    says,
  });
  return [
    figure('detection', detectSeconds, 'from the fault to the start of the machine'),
    figure('decision', decideSeconds, 'from there to the promotion'),
    figure('RTO', rtoSeconds, `from the first lost write to service for all (target ${RTO_SECONDS_MAX} s)`),
    figure('RPO', rpoSeconds, `of writes lost (target ${RPO_SECONDS_MAX} s)`),
  ];
}
