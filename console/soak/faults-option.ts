/** Reads --faults and --only: a profile's name, or a file with faults as a soak prints them. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UsageProblem } from '../problem.ts';
import type { Faults } from './job.ts';
import type { Entry } from './schedule.ts';

export const PROFILE_NAMES = ['calm', 'rough', 'hostile'] as const;

/** What a fault itself may be is checked where it is put in force (simulator/faults/check.ts). */
const Schedule = z.object({
  profile: z.string().default('file'),
  entries: z.array(
    z.looseObject({
      kind: z.string(),
      at: z.number().nonnegative(),
      lasts: z.number().nonnegative().nullable(),
      fault: z.looseObject({ kind: z.string() }).optional(),
      begins: z.array(z.looseObject({ do: z.string() })).optional(),
      ends: z.array(z.looseObject({ do: z.string() })).optional(),
      act: z.looseObject({ act: z.string() }).optional(),
    }),
  ),
});

/** Undefined when no faults are asked for. Throws UsageProblem naming the option, the value got and what to give. */
export function parseFaults(options: {
  readonly faults?: string | undefined;
  readonly only?: string | undefined;
}): Faults | undefined {
  const { faults, only } = options;
  if (faults === undefined) {
    if (only !== undefined) throw new UsageProblem(`--only: got '${only}'; it needs --faults`);
    return undefined;
  }
  const read: Faults = (PROFILE_NAMES as readonly string[]).includes(faults) ? { profile: faults } : fromFile(faults);
  if (only === undefined) return read;
  const positions = parseOnly(only);
  if (!read.entries) return { ...read, only: positions };
  const { entries } = read;
  const missing = positions.find((position) => !entries[position]);
  if (missing !== undefined)
    throw new UsageProblem(`--only: no fault ${missing}; the file has 0 to ${entries.length - 1}`);
  return { ...read, entries: positions.map((position) => entries[position] as Entry) };
}

function parseOnly(text: string): number[] {
  if (text === 'none') return [];
  if (!/^\d+(,\d+)*$/.test(text)) {
    throw new UsageProblem(`--only: got '${text}'; give positions of faults such as 3,7, or none`);
  }
  return text.split(',').map(Number);
}

function fromFile(path: string): Faults {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageProblem(
      `--faults: got '${path}'; give ${PROFILE_NAMES.join(', ')} or a JSON file with faults (${(error as Error).message})`,
    );
  }
  const { success, data, error } = Schedule.safeParse(json);
  if (!success) {
    const [issue] = error.issues;
    throw new UsageProblem(`--faults: ${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  return { profile: data.profile, entries: data.entries as unknown as Entry[] };
}
