/**
 * esbuild does its work in a process of its own, which it leaves running: up to a gigabyte, and a garbage collector that
 * takes turns with whatever the builder does next, such as a soak of hours. It is stopped when nobody builds any more.
 */
import { stop } from 'esbuild';

let building = 0;

/** Lends esbuild to `use`, and stops its process afterwards unless another is still building. The next one starts anew. */
export async function withEsbuild<T>(use: () => Promise<T>): Promise<T> {
  building += 1;
  try {
    return await use();
  } finally {
    building -= 1;
    // A process that stops never answers what it was asked.
    if (building === 0) await stop();
  }
}
