/**
 * What a command says while it works, on stderr: turning points as lines and, on a terminal, one line below them that
 * shows the present moment. Where there is no terminal (a log of CI) only lines, a moment each virtual minute.
 */
import { styleText } from 'node:util';
import type { TimelineEntry } from './drill/result.ts';

type Style = Parameters<typeof styleText>[0];

/** How things are at one virtual moment. */
export interface Moment {
  /** Seconds since the fault began, or, while there is none, since the run began. */
  readonly t: number;
  readonly sinceFault: boolean;
  readonly text: string;
}

/** The part of a stream that is used. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TimelineOptions {
  readonly screen?: Screen;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Real time in milliseconds; only limits how often the terminal is painted. */
  readonly now?: () => number;
}

/** A terminal is painted at most this often; people see no more, and painting costs. */
const REPAINT_MS = 80;
const PLAIN_MOMENT_SECONDS = 60;
/** Where the terminal does not say how wide it is. */
const DEFAULT_COLUMNS = 80;
const REGION_WIDTH = 10;
const ACTOR_WIDTH = 15;
const CLEAR_TO_END = '\x1b[K';

/** The first that fits decides; most lines are plain, so that colour means something. */
const colours: readonly [RegExp, Style][] = [
  [/goes dark|cut off|is lost|lose writes|violated|refused|crash|aborted|→ ALARM|INCOMPLETE|nothing gets/, 'red'],
  [/NOT moved|Answer by|Ask a person|paused|falls behind|broken|switched off|declin/, 'yellow'],
  [/served by|takes writes|no user has|Moved|is back|→ OK|can be reached|put back|Undone/, 'green'],
];

/** Minutes and seconds with a sign: '-00:12', '+04:37'. */
export function clockText(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const minutes = String(Math.floor(whole / 60)).padStart(2, '0');
  return `${seconds < 0 && whole > 0 ? '-' : '+'}${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

export class Timeline {
  readonly #screen: Screen;
  readonly #live: boolean;
  readonly #colour: boolean;
  readonly #now: () => number;
  /** What the bottom line says; undefined while there is none. */
  #bottom: string | undefined;
  #paintedAt = Number.NEGATIVE_INFINITY;
  #minute: number | undefined;

  constructor({
    screen = process.stderr,
    environment = process.env,
    now = () => performance.now(),
  }: TimelineOptions = {}) {
    this.#screen = screen;
    this.#live = screen.isTTY === true && environment.TERM !== 'dumb';
    this.#colour = this.#live && !environment.NO_COLOR;
    this.#now = now;
  }

  heading(text: string): void {
    this.line(this.#paint('bold', text));
  }

  /** A line that stays. The bottom line is put back below it in the same write, so that nothing flickers. */
  line(text: string): void {
    // What the bottom line says may be older than this line; the next moment is shown at once.
    this.#paintedAt = Number.NEGATIVE_INFINITY;
    const bottom = this.#bottom;
    this.#screen.write(bottom === undefined ? `${text}\n` : `\r${CLEAR_TO_END}${text}\n${this.#fitted(bottom)}`);
  }

  entry({ t, what, region, actor }: TimelineEntry): void {
    const style = colours.find(([pattern]) => pattern.test(what))?.[1];
    const when = this.#paint('dim', clockText(t));
    const where = this.#paint('cyan', region.padEnd(REGION_WIDTH));
    this.line(`  ${when}  ${where}  ${actor.padEnd(ACTOR_WIDTH)}  ${style ? this.#paint(style, what) : what}`);
  }

  /** What is being done now: the bottom line of a terminal, a line of its own elsewhere. */
  stage(text: string): void {
    if (this.#live) this.#show(text);
    else this.line(`  ${text}`);
  }

  /** How things are at this virtual moment. */
  moment({ t, sinceFault, text }: Moment): void {
    // The sign belongs to times that count from the fault.
    const said = `${sinceFault ? clockText(t) : clockText(t).replace('+', ' ')}  ${text}`;
    if (this.#live) {
      if (this.#now() - this.#paintedAt >= REPAINT_MS) this.#show(said);
      return;
    }
    const minute = Math.floor(t / PLAIN_MOMENT_SECONDS);
    if (minute !== this.#minute) this.line(`  ${said}`);
    this.#minute = minute;
  }

  /** How many of a number of things are done; without a terminal a line each tenth. */
  count(done: number, all: number, more?: string): void {
    const text = `${done} of ${all} seeds${more === undefined ? '' : `, ${more}`}`;
    if (this.#live) {
      if (done === all || this.#now() - this.#paintedAt >= REPAINT_MS) this.#show(text);
    } else if (Math.floor((done * 10) / all) > Math.floor(((done - 1) * 10) / all)) this.line(`  ${text}`);
  }

  /** Takes the bottom line away. */
  end(): void {
    if (this.#bottom !== undefined) this.#screen.write(`\r${CLEAR_TO_END}`);
    this.#bottom = undefined;
  }

  #show(text: string): void {
    this.#paintedAt = this.#now();
    this.#bottom = text;
    this.#screen.write(`\r${this.#fitted(text)}${CLEAR_TO_END}`);
  }

  /** Cut to one row: a row that wraps cannot be painted over. */
  #fitted(text: string): string {
    const width = Math.max(10, (this.#screen.columns || DEFAULT_COLUMNS) - 3);
    const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    return `  ${this.#paint('dim', cut)}`;
  }

  #paint(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }
}
