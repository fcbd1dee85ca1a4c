/** Small SVG helpers shared by the report's pictures. */

export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** An element with attributes; children are markup already. */
export function element(name: string, attributes: Record<string, string | number>, ...children: string[]): string {
  const shown = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeText(value)}"`)
    .join('');
  return children.length === 0 ? `<${name}${shown}/>` : `<${name}${shown}>${children.join('')}</${name}>`;
}

export const text = (x: number, y: number, content: string, attributes: Record<string, string | number> = {}): string =>
  element('text', { x, y, ...attributes }, escapeText(content));

export const round = (value: number): number => Math.round(value * 100) / 100;

/** Round tick values that cover the range with at most `count` steps. */
export function ticks(from: number, until: number, count: number): number[] {
  const span = Math.max(1, until - from);
  const step = [1, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((size) => span / size <= count) ?? 7200;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((until - first) / step) + 1 }, (_, index) => first + index * step);
}
