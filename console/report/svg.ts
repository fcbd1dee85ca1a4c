/** Small helpers for markup that the report's pictures share. */

export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

type Attributes = Readonly<Record<string, string | number>>;

/** An element with attributes; children are markup already. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const shown = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeText(value)}"`)
    .join('');
  return children.length === 0 && EMPTY.has(name)
    ? `<${name}${shown}/>`
    : `<${name}${shown}>${children.join('')}</${name}>`;
}

/** Elements of SVG that may close themselves; HTML's must not. */
const EMPTY = new Set(['rect', 'line', 'path']);

export const round = (value: number): number => Math.round(value * 100) / 100;

/** Seconds as a reader wants them: tenths below a hundred, whole above. */
export const secondsText = (value: number): string =>
  `${Math.abs(value) < 100 ? Math.round(value * 10) / 10 : Math.round(value)} s`;

/** Round tick values that cover the range with at most `count` steps. */
export function ticks(from: number, until: number, count: number): number[] {
  const span = Math.max(1, until - from);
  const step = [1, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((size) => span / size <= count) ?? 7200;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((until - first) / step) + 1 }, (_, index) => first + index * step);
}
