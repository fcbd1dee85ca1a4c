/** Bad input at the command: one clear line that names the field and the value, exit code 2, never a stack trace. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../infra/config/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'mainstay-bad-input-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const prod = loadConfiguration('prod');

/** A file of this text, or of this value as JSON. */
function file(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly stdout: string;
}

function mainstay(args: readonly string[], input = ''): Ended {
  const { status, stdout, stderr } = spawnSync('node', ['console/mainstay.cjs', ...args], { input, encoding: 'utf8' });
  return { code: status, lines: stderr.trimEnd().split('\n'), stdout };
}

const DRILL = ['drill', 'region-failover'];
const RUN = ['run', 'region-failover', '--yes'];
const missing = join(directory, 'nowhere.json');
const { recovery: _, ...withoutRecovery } = prod;

describe('bad input', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['an unknown command', ['fly'], /^mainstay: unknown command 'fly'$/],
    [
      'an unknown slug',
      ['drill', 'blue'],
      /^mainstay: slug: got 'blue'; use one of region-failover, blue-green, alert-routing$/,
    ],
    ['an unknown scenario', ['drill', 'region-failover/x'], /^mainstay: scenario: got 'x'; .*drill list/],
    [
      'an unknown environment',
      [...DRILL, '--environment', 'test'],
      /^mainstay: environment: got 'test'; use one of dev/,
    ],
    ['a seed that is no number', [...DRILL, '--seed', '1.5'], /^mainstay: --seed: got '1\.5'; give a whole number/],
    ['a range that ends before it starts', [...DRILL, '--seeds', '5..1'], /^mainstay: --seeds: got '5\.\.1'; /],
    ['an unknown option', [...DRILL, '--sed', '1'], /^mainstay: unknown option '--sed'/],
    [
      'unknown faults',
      [...DRILL, '--faults', 'wild'],
      /^mainstay: --faults: got 'wild'; give calm, rough, hostile or a JSON file/,
    ],
    ['a replay of no seed', ['replay', 'region-failover'], /^mainstay: required option '--seed <n>' not specified$/],
    [
      'a report into no folder',
      [...DRILL, '--report', '/no/where.html'],
      /^mainstay: --report: got '\/no\/where\.html'; /,
    ],
    ['a configuration that is not there', [...DRILL, '--environment', missing], /^mainstay: environment: .*ENOENT/],
    [
      'a configuration that is no JSON',
      [...DRILL, '--environment', file('text.json', '{')],
      /^mainstay: environment: .*text\.json cannot be read as JSON \(Expected property name/,
    ],
    [
      'a configuration without a part',
      [...DRILL, '--environment', file('part.json', withoutRecovery)],
      /^mainstay: recovery: got nothing; /,
    ],
    [
      'a number as text in a configuration',
      ['status', '--environment', file('text-number.json', { ...prod, compute: { ...prod.compute, min: '2' } })],
      /^mainstay: compute\.min: got "2"; /,
    ],
    [
      'regions of which one does not offer the database',
      [
        ...DRILL,
        '--environment',
        file('region.json', { ...prod, regions: { serving: ['us-east-2', 'ap-northeast-3'], witness: 'us-east-1' } }),
      ],
      /^mainstay: regions\.serving: DocumentDB is not offered in ap-northeast-3 as of .*; choose another region$/,
    ],
    [
      'a request that is not there',
      [...RUN, '--input', missing],
      /^mainstay: --input: .*cannot be read as JSON \(ENOENT/,
    ],
    [
      'a request that is no JSON',
      [...RUN, '--input', file('half.json', '{"by":')],
      /^mainstay: --input: .*half\.json cannot/,
    ],
    ['a request by nobody', [...RUN, '--input', file('nobody.json', { reason: 'r' })], /^mainstay: --by: missing; /],
    [
      'a request with an unknown field',
      [...RUN, '--input', file('typo.json', { by: 'a', reason: 'r', tagret: 'us-east-2' })],
      /^mainstay: --input: request: Unrecognized key: "tagret"$/,
    ],
    [
      'a request that accepts a negative loss',
      [...RUN, '--input', file('loss.json', { by: 'a', reason: 'r', acceptLossSeconds: -1 })],
      /^mainstay: --input: acceptLossSeconds: got -1; /,
    ],
    [
      'a request that nobody can confirm',
      ['run', 'region-failover', '--by', 'a', '--reason', 'r'],
      /^mainstay: --yes: nobody/,
    ],
  ])('%s is refused', (_name, args, expected) => {
    const { code, lines, stdout } = mainstay(args);
    expect(lines[0]).toMatch(expected);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(lines.filter((line) => !line.startsWith('mainstay: ') && !line.startsWith('(Did you mean'))).toEqual([]);
  });

  it('names every field of a configuration that is wrong, a line each', () => {
    const path = file('several.json', {
      ...prod,
      colour: 'red',
      compute: { ...prod.compute, min: 0 },
      operationsEmail: 'nobody',
    });
    const { code, lines } = mainstay(['drill', 'region-failover', '--environment', path]);
    expect(code).toBe(2);
    expect(lines).toHaveLength(3);
    expect(lines.join('\n')).toMatch(/compute\.min: got 0; /);
    expect(lines.join('\n')).toMatch(/operationsEmail: got "nobody"; /);
    expect(lines.join('\n')).toMatch(/Unrecognized key: "colour"/);
  });

  it('without a command shows what there is', () => {
    const { code, lines } = mainstay([]);
    expect(code).toBe(2);
    expect(lines.join('\n')).toMatch(/^Usage: mainstay/);
  });

  const row = { id: 'a', pattern: { source: ['x'] }, event: { source: 'x' } };
  it.each<[string, string, RegExp]>([
    ['no JSON', '{"id":', /^mainstay: line 2: not JSON \(/],
    ['no object', '[1]', /^mainstay: line 2: got \[1\]; each line is one row/],
    ['null', 'null', /^mainstay: line 2: got null; /],
    ['no id', '{"pattern":{"a":[1]},"event":{}}', /^mainstay: line 2: id: got nothing$/],
    ['no pattern', '{"id":"b","event":{}}', /^mainstay: line 2: pattern or patternText: got nothing$/],
    ['no event', '{"id":"b","pattern":{"a":[1]}}', /^mainstay: line 2: event or eventText: got nothing$/],
  ])('a row of match that is %s is refused with its line', (_name, broken, expected) => {
    const { code, lines, stdout } = mainstay(['match', '--batch'], `${JSON.stringify(row)}\n${broken}\n`);
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringMatching(expected)]);
    expect(stdout).toBe('{"id":"a","result":"match"}\n');
  });

  it('of AWS is no bad input: a pattern that AWS refuses is a result', () => {
    const { code, stdout } = mainstay(['match', '--batch'], `${JSON.stringify({ ...row, pattern: {} })}\n`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'a', result: 'error' });
  });
});
