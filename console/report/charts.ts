/** What users got and how the things below it were, over time, on one axis. */
import { clockText } from '../terminal.ts';
import type { Bucket, ReportModel, Track } from './model.ts';
import { box, caption, legend, plot, row, type Span } from './plot.ts';
import { element } from './svg.ts';

/** The drawing's own units; it is stretched over its track. */
const WIDTH = 1000;
const HEIGHT = 100;

type Charted = Pick<ReportModel, 'bucketSeconds' | 'buckets' | 'tracks' | 'marks' | 'result'>;

export function charts({ bucketSeconds, buckets, tracks, marks, result }: Charted): string {
  const first = buckets[0]?.t ?? 0;
  const span = { from: first, until: (buckets.at(-1)?.t ?? 0) + bucketSeconds };
  const { served, failed } = result.requests;
  const rows = [
    row(
      `users’ requests in ${bucketSeconds} s`,
      requestBars(buckets, bucketSeconds, span, `${served} served, ${failed} lost`),
      '',
      true,
    ),
    ...tracks.rows.map((track) => trackRow(track, span)),
  ];
  const keys = caption(
    [
      ['served', 'served'],
      ['failed', 'lost'],
    ],
    tracks.says,
  );
  return `<figure>${keys}${plot(span, rows, marks)}${legend(marks, clockText)}</figure>${numbers(buckets)}`;
}

function requestBars(buckets: readonly Bucket[], seconds: number, { from, until }: Span, total: string): string {
  const served = Math.max(1, ...buckets.map((bucket) => bucket.served));
  const failed = Math.max(1, ...buckets.map((bucket) => bucket.failed));
  const unit = HEIGHT / (served + failed);
  const zero = served * unit;
  const perSecond = WIDTH / Math.max(1, until - from);
  const bars = buckets.map((bucket) => {
    const x = (bucket.t - from) * perSecond;
    const width = seconds * perSecond * 0.9;
    const bar = (y: number, height: number, kind: string) =>
      height === 0 ? '' : element('rect', { x, y, width, height, class: kind });
    return element(
      'g',
      {},
      element('title', {}, `${clockText(bucket.t)}: ${bucket.served} served, ${bucket.failed} lost`),
      bar(zero - bucket.served * unit, bucket.served * unit, 'served'),
      bar(zero, bucket.failed * unit, 'failed'),
    );
  });
  return element(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `users’ requests over time: ${total}`,
    },
    ...bars,
  );
}

function trackRow({ name, value, boxes }: Track, span: Span): string {
  const drawn = boxes.map(({ from, until, kind, title }) => box(from, until, span, kind, title));
  return row(name, drawn.join(''), value);
}

/** The same in numbers, for readers who do not see the picture. */
function numbers(buckets: readonly Bucket[]): string {
  const rows = buckets.map(
    ({ t, served, failed }) => `<tr><td class="t">${clockText(t)}</td><td>${served}</td><td>${failed}</td></tr>`,
  );
  return `<details><summary>The requests in numbers</summary><table><thead><tr><th scope="col">from</th><th scope="col">served</th><th scope="col">lost</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}
