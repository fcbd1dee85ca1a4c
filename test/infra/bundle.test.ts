/** What building the functions leaves behind in the process that builds them. */
import childProcess, { type ChildProcess } from 'node:child_process';
import type { Plugin } from 'esbuild';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bundle, type Package } from '../../infra/bundle.ts';

const SMALL: Package = { name: 'small', entry: 'functions/shared/wildcard.ts', onLambda: true, external: [] };

/** esbuild's own processes, as they were started. */
let services: ChildProcess[];

beforeEach(() => {
  services = [];
  const { spawn } = childProcess;
  vi.spyOn(childProcess, 'spawn').mockImplementation(((...given: Parameters<typeof spawn>) => {
    const child = spawn(...given);
    if (given[1].some((argument) => argument.startsWith('--service='))) services.push(child);
    return child;
  }) as typeof spawn);
});
afterEach(() => vi.restoreAllMocks());

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

it('leaves no process of esbuild, and builds the same again afterwards', async () => {
  const first = await bundle([SMALL]);
  expect(services).toHaveLength(1);
  await ended(services[0] as ChildProcess);
  expect(await bundle([SMALL])).toEqual(first);
  expect(first.get('small')?.['index.cjs']).toContain('RegExp');
  expect(services).toHaveLength(2);
  await ended(services[1] as ChildProcess);
});

it('does not stop esbuild under another that still builds', async () => {
  const first = bundle([SMALL]);
  const waits: Plugin = { name: 'waits', setup: ({ onStart }) => onStart(async () => void (await first)) };
  expect((await bundle([SMALL], [waits])).get('small')).toEqual((await first).get('small'));
  expect(services).toHaveLength(1);
  await ended(services[0] as ChildProcess);
});

it('leaves none when a source does not compile', async () => {
  await expect(bundle([{ ...SMALL, entry: 'functions/nowhere.ts' }])).rejects.toThrow('nowhere');
  await ended(services[0] as ChildProcess);
});
