/** Users' requests over time: served above the line, failed below it. */
import type { Bucket } from './model.ts';
import { element, text, ticks } from './svg.ts';

const WIDTH = 980;
const HEIGHT = 190;
const MIDDLE = 120;

export function requestChart(buckets: readonly Bucket[]): string {
  const first = buckets[0]?.t ?? 0;
  const last = buckets.at(-1)?.t ?? 1;
  const x = (t: number) => 40 + ((t - first) / Math.max(1, last - first)) * (WIDTH - 60);
  const most = Math.max(1, ...buckets.map((bucket) => Math.max(bucket.served, bucket.failed)));
  const width = Math.max(1, (WIDTH - 60) / Math.max(1, buckets.length) - 1);
  const bars = buckets.flatMap(({ t, served, failed }) => {
    const up = (served / most) * (MIDDLE - 20);
    const down = (failed / most) * (HEIGHT - MIDDLE - 20);
    const title = element('title', {}, `${t} s: ${served} served, ${failed} failed`);
    return [
      element('rect', { x: x(t), y: MIDDLE - up, width, height: up, class: 'served' }, title),
      element('rect', { x: x(t), y: MIDDLE, width, height: down, class: 'failed' }, title),
    ];
  });
  const axis = ticks(first, last, 14).map((tick) =>
    text(x(tick), HEIGHT - 4, `${tick} s`, { 'text-anchor': 'middle', class: 'axis' }),
  );
  const fault = element('line', { x1: x(0), x2: x(0), y1: 4, y2: HEIGHT - 16, class: 'fault' });
  return element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': 'requests' },
    ...bars,
    fault,
    ...axis,
  );
}
