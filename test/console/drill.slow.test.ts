/** The command itself, as a newcomer and as a script run it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';

const mainstay = (...words: string[]) => spawnSync('node', ['console/mainstay.cjs', ...words], { encoding: 'utf8' });

const seconds = z.number().nonnegative().nullable();
const Happened = z.object({ t: z.number(), what: z.string().min(1), region: z.string().min(1) });

/** The object of DESIGN, "The command". */
const Result = z.object({
  slug: z.literal('region-failover'),
  scenario: z.literal('dark-primary'),
  seed: z.literal(3),
  outcome: z.literal('failed-over'),
  invariants: z.object({ checked: z.array(z.string()).min(15), violated: z.tuple([]) }),
  timeline: z.array(Happened.extend({ actor: z.string().min(1) })).min(10),
  detectSeconds: seconds,
  decideSeconds: seconds,
  rtoSeconds: z.number().positive().max(900),
  rpoSeconds: seconds,
  floorSeconds: seconds,
  requests: z.object({ served: z.number().int(), failed: z.number().int() }),
  effects: z.array(Happened).min(5),
  engine: z.object({
    name: z.string(),
    events: z.number().int().positive(),
    calls: z.number().int().positive(),
    virtualSeconds: z.number().positive(),
  }),
});

describe('a drill with --json and --report', () => {
  let folder: string;
  let stdout: string;
  let stderr: string;
  let html: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mainstay-'));
    const file = join(folder, 'drill.html');
    const run = mainstay('drill', 'region-failover', '--seed', '3', '--json', '--report', file);
    expect([run.status, run.stderr.split('\n').filter((line) => line.startsWith('mainstay:'))]).toEqual([0, []]);
    ({ stdout, stderr } = run);
    html = readFileSync(file, 'utf8');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('prints the one object, and nothing else, on standard output', () => {
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(Result.parse(JSON.parse(stdout))).toBeDefined();
  });

  it('names actors as a person would', () => {
    const { timeline } = Result.parse(JSON.parse(stdout));
    expect(timeline.filter(({ actor, what }) => /-[A-Z0-9]{12}\b/.test(`${actor} ${what}`))).toEqual([]);
    expect(timeline.map(({ actor }) => actor)).toEqual(expect.arrayContaining(['world', 'declare', 'promote']));
  });

  it('tells its progress in plain lines on standard error', () => {
    expect(stderr).not.toContain('\u001b');
    expect(stderr).toMatch(/coming up; machines ready/);
    expect(stderr).toMatch(/\+00:00 {2}us-west-2 +world +the region goes dark/);
    expect(stderr).toMatch(/the drill took [\d.]+ s of real time/);
  });

  it('writes a report that fetches nothing and runs nothing', () => {
    const links = html.match(/https?:\/\/[^"'\s<]+/g) ?? [];
    expect(links.filter((link) => !/^http:\/\/www\.w3\.org\/(2000\/svg|1999\/xlink)$/.test(link))).toEqual([]);
    expect(html).not.toMatch(/<script|<link|<iframe|@import|url\(|\son[a-z]+=/i);
    expect(html.length).toBeLessThan(300_000);
  });

  it('shows in the report what happened, to whom, and how it was judged', () => {
    for (const heading of [
      'Users and writers',
      'The way to recovery',
      'What happened',
      'the path it took',
      'Invariants',
    ]) {
      expect(html).toContain(heading);
    }
    expect(html).toContain('us-east-2 writes, epoch 2');
    expect(html).toMatch(/looked at: \d+ writes that databases took/);
  });
});

describe('bad usage ends with 2 and one line that names what is wrong', () => {
  it.each([
    [['drill', 'region-fallover'], /^mainstay: slug: got 'region-fallover'/],
    [['drill', 'region-failover/nothing'], /^mainstay: scenario: got 'nothing'/],
    [['drill', 'region-failover', '--seeds', '9..1'], /^mainstay: --seeds: got '9\.\.1'/],
    [['drill', 'region-failover', '--seeds', '1..2', '--report', 'x.html'], /^mainstay: --report: /],
    [['drill', 'region-failover', '--report', '/nowhere/x.html'], /^mainstay: --report: got '\/nowhere\/x\.html'/],
    [['drill', 'region-failover', '--environment', 'production'], /^mainstay: environment: got 'production'/],
    [['run', 'region-failover', '--by', 'ana', '--reason', 'x'], /^mainstay: --yes: /],
    [['run', 'region-failover', '--yes'], /^mainstay: --by: missing/],
    [['replay', 'region-failover'], /^mainstay: required option '--seed <n>'/],
    [['fly'], /^mainstay: unknown command 'fly'/],
  ])('%j', (words, message) => {
    const { status, stdout, stderr } = mainstay(...words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('help', () => {
  it.each([[[]], [['drill']], [['replay']], [['run']], [['status']], [['match']]])(
    'of %j ends with 0 and has examples',
    (words) => {
      const { status, stdout } = mainstay(...words, '--help');
      expect(status).toBe(0);
      expect(stdout).toMatch(/^Usage: mainstay/);
      expect(stdout).toContain('mainstay ');
    },
  );

  it('lists every scenario with a sentence', () => {
    const { stdout: text } = mainstay('drill', 'list');
    expect(text).toMatch(/^region-failover {2}\(without a scenario: dark-primary\)\n/);
    expect(text).toMatch(/\n {2}witness-lost +the witness is dark/);
  });
});
