/** The critical path as bars over time, with the floor beside it: the same path if every part took its least. */
import type { FloorPart, Step } from './model.ts';
import { element, round, text, ticks } from './svg.ts';

const ROW = 22;
const LEFT = 190;
const WIDTH = 980;

export function gantt(steps: readonly Step[], floor: readonly FloorPart[]): string {
  const floorSteps: Step[] = [];
  let at = 0;
  for (const part of floor) {
    floorSteps.push({ name: part.what, from: at, until: at + part.seconds });
    at += part.seconds;
  }
  const until = Math.max(at, ...steps.map((step) => step.until), 1);
  const x = (seconds: number) => LEFT + (Math.max(0, seconds) / until) * (WIDTH - LEFT - 60);
  const rows = [
    ...steps.map((step) => ({ ...step, kind: 'step' })),
    ...floorSteps.map((step) => ({ ...step, kind: 'floor' })),
  ];
  const height = (rows.length + 3) * ROW;
  const grid = ticks(0, until, 12).flatMap((tick) => [
    element('line', { x1: x(tick), x2: x(tick), y1: ROW, y2: height - ROW, class: 'grid' }),
    text(x(tick), ROW - 8, `${tick} s`, { 'text-anchor': 'middle', class: 'axis' }),
  ]);
  const bars = rows.map(({ name, from, until: end, kind }, index) => {
    const y = ROW * (index + (kind === 'floor' ? 2 : 1)) + 4;
    const width = Math.max(2, x(end) - x(from));
    return element(
      'g',
      { class: kind },
      text(LEFT - 8, y + 12, name, { 'text-anchor': 'end' }),
      element(
        'rect',
        { x: x(from), y, width, height: ROW - 8, rx: 3 },
        element('title', {}, `${name}: ${round(end - from)} s`),
      ),
      text(x(from) + width + 5, y + 12, `${round(end - from)} s`, { class: 'axis' }),
    );
  });
  const heading = text(LEFT - 8, ROW * (steps.length + 2) - 4, 'floor', { 'text-anchor': 'end', class: 'axis' });
  return element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': 'critical path' },
    ...grid,
    heading,
    ...bars,
  );
}
