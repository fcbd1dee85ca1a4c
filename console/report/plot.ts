/** Pictures over time: rows of boxes beside each other's names, one axis, lines for the moments that matter. */
import type { Mark } from './model.ts';
import { element, escapeText, round, ticks } from './svg.ts';

/** So many labels fit a phone. */
const TICKS_MAX = 7;

export interface Span {
  readonly from: number;
  readonly until: number;
}

export const percent = (seconds: number, { from, until }: Span): number =>
  round((Math.min(Math.max(seconds, from), until) - from) * (100 / Math.max(1, until - from)));

/** One row: a name, a track that is `inside`, a value. All but `inside` is text. */
export const row = (name: string, inside: string, value = '', tall = false): string =>
  element(
    'div',
    { class: 'row' },
    element('span', { class: 'name' }, escapeText(name)),
    element('span', { class: tall ? 'track tall' : 'track' }, inside),
    element('span', { class: 'value' }, escapeText(value)),
  );

/** A box in a track, from one moment to another. */
export function box(from: number, until: number, span: Span, kind: string, title: string): string {
  const left = percent(from, span);
  const style = `left:${left}%;width:${round(percent(until, span) - left)}%`;
  return element('i', { class: kind, style, title });
}

/** What the colours mean, and a sentence about the picture. */
export const caption = (keys: readonly (readonly [kind: string, what: string])[], sentence: string): string =>
  element(
    'figcaption',
    { class: 'keys' },
    ...keys.map(([kind, what]) => `<span><span class="key ${kind}"></span>${escapeText(what)}</span>`),
    escapeText(sentence),
  );

/** The rows above an axis in seconds, crossed by the numbered marks. */
export function plot(span: Span, rows: readonly string[], marks: readonly Mark[] = []): string {
  const at = (seconds: number) => `left:${percent(seconds, span)}%`;
  const moments = ticks(span.from, span.until, TICKS_MAX);
  const lines = moments.map((tick) => element('i', { style: at(tick) }));
  const crossing = marks.map(({ t }) => element('i', { class: 'mark', style: at(t) }));
  const numbers = marks.map(({ t }, index) => element('b', { style: at(t) }, String(index + 1)));
  // A label at the right edge ends there, so that a narrow page need not scroll.
  const end = (tick: number): Record<string, string> => (percent(tick, span) > 95 ? { class: 'end' } : {});
  const labels = moments.map((tick) => element('b', { style: at(tick), ...end(tick) }, `${tick} s`)).join('');
  const axis = element(
    'div',
    { class: 'row axis' },
    '<span class="name"></span>',
    element('span', { class: 'track' }, labels),
    '<span class="value"></span>',
  );
  const over = element('div', { class: 'over', 'aria-hidden': 'true' }, ...lines, ...crossing, ...numbers);
  return element('div', { class: 'plot' }, over, ...rows, axis);
}

/** What the numbers of the marks mean. */
export const legend = (marks: readonly Mark[], time: (seconds: number) => string): string =>
  element(
    'ol',
    { class: 'marks' },
    ...marks.map(({ t, what }, index) =>
      element('li', {}, element('b', {}, String(index + 1)), `${time(t)} ${escapeText(what)}`),
    ),
  );
