/** What `mainstay run` was told on the command line and in a file, checked before anything is deployed or asked. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UsageProblem } from './problem.ts';

/** An event's detail, as its schema has it. */
export type RequestSchema = z.ZodObject;

/** What a person said so far, each field as the schema has it. */
export type Given = Readonly<Record<string, unknown>> & { readonly by: string; readonly reason: string };

interface Options {
  readonly input?: string;
  readonly by?: string;
  readonly reason?: string;
}

/** What the command line and the file say. Throws UsageProblem naming the field. */
export function givenBy(schema: RequestSchema, { input, by, reason }: Options): Given {
  const request = input === undefined ? {} : readInput(input);
  const parsed = z.strictObject(schema.partial().shape).safeParse(request);
  if (!parsed.success) {
    const said = parsed.error.issues.map(({ path, message }) => {
      if (path.length === 0) return `--input: request: ${message}`;
      const got = (request as Record<PropertyKey, unknown>)[path[0] as PropertyKey];
      return `--input: ${path.join('.')}: got ${JSON.stringify(got)}; ${message}`;
    });
    throw new UsageProblem(said.join('\n'));
  }
  const given = { ...parsed.data, ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
  if (!given.by) throw new UsageProblem('--by: missing; say who asks, it goes on record');
  if (!given.reason) throw new UsageProblem('--reason: missing; say why, it goes on record');
  return given as Given;
}

function readInput(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageProblem(`--input: ${file} cannot be read as JSON (${(error as Error).message})`);
  }
}

/** Throws UsageProblem where nobody sits in front of the terminal. */
export function mustBeAskable(stdin: { readonly isTTY?: boolean }): void {
  if (stdin.isTTY) return;
  throw new UsageProblem(
    '--yes: nobody can be asked here, and some of what follows cannot be undone; give --yes if you mean it',
  );
}
