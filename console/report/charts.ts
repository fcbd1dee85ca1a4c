/** What users got and who took writes, over time, on one axis. */
import { clockText } from '../terminal.ts';
import type { Bucket, ReportModel, Writing } from './model.ts';
import { box, caption, legend, plot, row, type Span } from './plot.ts';
import { element } from './svg.ts';

/** The drawing's own units; it is stretched over its track. */
const WIDTH = 1000;
const HEIGHT = 100;

type Charted = Pick<ReportModel, 'bucketSeconds' | 'buckets' | 'regions' | 'writing' | 'marks' | 'result'>;

export function charts({ bucketSeconds, buckets, regions, writing, marks, result }: Charted): string {
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
    ...regions.map((region, index) => writerRow(region, index === 0 ? 'step' : 'other', writing, span)),
  ];
  const keys = caption(
    [
      ['served', 'served'],
      ['failed', 'lost'],
    ],
    'Below: when each region’s database took writes.',
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

function writerRow(region: string, kind: string, writing: readonly Writing[], span: Span): string {
  const own = writing.filter((stretch) => stretch.region === region);
  const boxes = own.map(({ epoch, from, until, writes }) =>
    box(from, until, span, kind, `epoch ${epoch}: ${writes} writes, ${clockText(from)} to ${clockText(until)}`),
  );
  const epochs = [...new Set(own.map(({ epoch }) => epoch))].join(', ');
  const total = own.reduce((sum, { writes }) => sum + writes, 0);
  const name = epochs === '' ? `${region} never writes` : `${region} writes, epoch ${epochs}`;
  return row(name, boxes.join(''), `${total} writes`);
}

/** The same in numbers, for readers who do not see the picture. */
function numbers(buckets: readonly Bucket[]): string {
  const rows = buckets.map(
    ({ t, served, failed }) => `<tr><td class="t">${clockText(t)}</td><td>${served}</td><td>${failed}</td></tr>`,
  );
  return `<details><summary>The requests in numbers</summary><table><thead><tr><th scope="col">from</th><th scope="col">served</th><th scope="col">lost</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}
