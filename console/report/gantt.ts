/** The way to recovery as bars over time, and below it the same way if every part took its least. */
import type { Bar, FloorPart } from './model.ts';
import { box, caption, plot, row } from './plot.ts';
import { secondsText } from './svg.ts';

export function gantt(bars: readonly Bar[], floor: readonly FloorPart[]): string {
  const least = floor.reduce((sum, { seconds }) => sum + seconds, 0);
  const span = { from: 0, until: Math.max(1, least, ...bars.map(({ until }) => until)) };
  const taken = bars.map(({ name, from, until, kind }) => {
    const length = secondsText(until - from);
    return row(name, box(from, until, span, kind, `${name}: ${length}`), length);
  });
  let at = 0;
  const parts = floor.map(({ what, seconds }) => {
    const from = at;
    at += seconds;
    return row(
      `floor: ${what}`,
      box(from, at, span, 'floor', `${what}: at least ${secondsText(seconds)}`),
      secondsText(seconds),
    );
  });
  const keys = caption(
    [
      ['world', 'the world’s time'],
      ['step', 'Mainstay’s steps'],
      ['floor', 'floor'],
    ],
    `The floor, ${secondsText(least)}, is the least that the same path takes by policy and physics.`,
  );
  return `<figure>${keys}${plot(span, [...taken, '<div class="divider"></div>', ...parts])}</figure>`;
}
