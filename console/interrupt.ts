/** What must still be done when the command is stopped by Ctrl-C or `kill`: folders removed, workers ended. */

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const cleanUps = new Set<() => void>();
let listening = false;

/** Remembers `cleanUp` for the case that the process is told to stop. Returns how to forget it. */
export function onInterrupt(cleanUp: () => void): () => void {
  if (!listening) {
    for (const signal of Object.keys(CODES) as (keyof typeof CODES)[]) process.on(signal, () => stop(CODES[signal]));
    listening = true;
  }
  cleanUps.add(cleanUp);
  return () => void cleanUps.delete(cleanUp);
}

/** The newest first: what was begun last depends on what was there before. */
function stop(code: number): void {
  for (const cleanUp of [...cleanUps].reverse()) cleanUp();
  cleanUps.clear();
  process.exit(code);
}
