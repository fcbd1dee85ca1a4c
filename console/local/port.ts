/** Whether the local AWS can listen where it was told to; asked before anything is deployed. */
import { createServer } from 'node:net';
import { UsageProblem } from '../problem.ts';

/** Throws UsageProblem when the port cannot be had. */
export async function checkPort(port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    throw portProblem(port, error);
  }
  await new Promise((resolve) => server.close(resolve));
}

/** What to tell of an error of `listen`. */
export function portProblem(port: number, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new UsageProblem(`--port: ${port} is in use by another program; name a free port, or 0`);
  if (code === 'EACCES') return new UsageProblem(`--port: ${port} may not be used by you; name one above 1023`);
  return error;
}
