/** What the simulator tells a child process when it starts it: one line of JSON on its standard input. */
import { readSync } from 'node:fs';

/** What time it was for the function at one moment of this machine's monotonic clock, which all processes share. */
export interface ClockReading {
  /** Milliseconds since the epoch, virtual, by the clock of the function's region. */
  readonly virtualMs: number;
  /** `process.hrtime`, in milliseconds. */
  readonly atMs: number;
}

export interface Settings {
  /** Of the simulator's server for this process, on 127.0.0.1. */
  readonly port: number;
  /** Proves to that server that a connection comes from this process. */
  readonly token: string;
  /** Where the package is; ends with a slash. */
  readonly taskRoot: string;
  /** What the function sees as /tmp. */
  readonly temporary: string;
  /** Where compiled code is kept for the next process. */
  readonly compileCache: string;
  readonly clock: ClockReading;
  /** Virtual seconds for each real one. */
  readonly speed: number;
}

/** The header of the Runtime API's `next` that sets the clock; Lambda has no such header. */
export const CLOCK_HEADER = 'simulator-clock';

/** On an answer to the Runtime API: this process ends with it and takes no further invocation. */
export const LAST_HEADER = 'simulator-last';

/** Marks the end of an invocation's output on both streams. */
export const END_OF_OUTPUT = '\u0001\u0002end of invocation ';

/** Blocks until the simulator has written the line. */
export function readSettings(): Settings {
  const byte = Buffer.alloc(1);
  const line: number[] = [];
  while (readSync(0, byte, 0, 1, null) === 1 && byte[0] !== 0x0a) line.push(byte[0] as number);
  return JSON.parse(Buffer.from(line).toString());
}
