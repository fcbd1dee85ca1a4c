/** What the parts of one sandbox share: the process as its fake globals and modules see it. Made by `sandbox.ts`. */

import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import type { Random } from '../random.ts';

export interface Machine {
  /** This process; for library code, which many share, the one that it runs for now. Whatever calls back later asks first. */
  self(): Machine;
  readonly cloud: Cloud;
  readonly owner: Owner;
  /** All randomness that the program sees. */
  readonly random: Random;
  readonly env: Record<string, string | undefined>;
  /** Milliseconds since the epoch on this region's own clock, which may be wrong. */
  wallNow(): number;
  /** Milliseconds since the process began; never jumps. */
  monotonicNow(): number;
  /** Runs the program's code. An error that escapes it ends the process, as in Node; a dead process runs nothing. */
  enter(run: () => void): void;
  write(text: string, stream: 'stdout' | 'stderr'): void;
  /** Ends the process. */
  exit(code: number, error?: unknown): void;
}
