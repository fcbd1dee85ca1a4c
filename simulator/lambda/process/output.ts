/** Reads what a child process prints, line by line, and knows when all of an invocation's output has been read. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { END_OF_OUTPUT } from './child/settings.ts';

export class Output {
  readonly #onLine: (line: string) => unknown;
  readonly #streams: number;
  /** Request id → how many streams have ended for it. */
  readonly #ended = new Map<string, number>();
  readonly #waiting = new Map<string, () => void>();

  constructor(streams: readonly Readable[], onLine: (line: string) => unknown) {
    this.#onLine = onLine;
    this.#streams = streams.length;
    for (const input of streams) createInterface({ input }).on('line', (line) => this.#take(line));
  }

  /** Resolves when everything that the invocation printed has been told. */
  endOf(requestId: string): Promise<void> {
    if (this.#hasEnded(requestId)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(requestId, resolve));
  }

  #take(line: string): void {
    const [text = '', requestId] = line.split(END_OF_OUTPUT);
    if (requestId === undefined) {
      this.#onLine(line);
      return;
    }
    // A last line without its end.
    if (text !== '') this.#onLine(text);
    this.#ended.set(requestId, (this.#ended.get(requestId) ?? 0) + 1);
    if (this.#hasEnded(requestId)) this.#waiting.get(requestId)?.();
  }

  #hasEnded(requestId: string): boolean {
    return (this.#ended.get(requestId) ?? 0) >= this.#streams;
  }
}
