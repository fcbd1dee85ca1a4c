/** The live timeline on a terminal; plain lines when it is none. Writes to stderr only. */
import { styleText } from 'node:util';
import type { TimelineEntry } from './drill/result.ts';

type Style = Parameters<typeof styleText>[0];

const colours: readonly [RegExp, Style][] = [
  [/dark|cut off|lost|failed|violated|refused|ALARM/i, 'red'],
  [/hold|held|ask|wait|degraded/i, 'yellow'],
  [/served again|verified|succeeded|healthy|recovered|active|complete/i, 'green'],
];

/** mm:ss with a sign before the fault: '-00:12', '+04:37'. */
export function clockText(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const minutes = String(Math.floor(whole / 60)).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

export class Timeline {
  readonly #colour: boolean;
  readonly #write: (text: string) => void;
  #progressShown = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#colour = stream.isTTY === true && !process.env.NO_COLOR;
    this.#write = (text) => void stream.write(text);
  }

  heading(text: string): void {
    this.line(this.#paint('bold', text));
  }

  line(text: string): void {
    this.#clearProgress();
    this.#write(`${text}\n`);
  }

  entry({ t, what, region, actor }: TimelineEntry): void {
    const style = colours.find(([pattern]) => pattern.test(what))?.[1];
    const when = this.#paint('dim', clockText(t));
    const where = this.#paint('cyan', region.padEnd(10));
    this.line(`  ${when}  ${where}  ${actor.padEnd(22)}  ${style ? this.#paint(style, what) : what}`);
  }

  /** One line that is overwritten by the next; silent when this is no terminal. */
  progress(text: string): void {
    if (!this.#colour) return;
    this.#clearProgress();
    this.#write(`  ${text}`);
    this.#progressShown = true;
  }

  #clearProgress(): void {
    if (this.#progressShown) this.#write('\r\x1b[2K');
    this.#progressShown = false;
  }

  #paint(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }
}
