/** `mainstay run`: what is asked for, by whom, and what is told while it happens. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedFor, endLines, endOf, regionFailoverByHand } from '../../console/drills/region-failover/by-hand.ts';
import { follow } from '../../console/follow.ts';
import { UsageProblem } from '../../console/problem.ts';
import { givenBy, mustBeAskable } from '../../console/request.ts';
import type { Target } from '../../console/target.ts';
import { Timeline } from '../../console/terminal.ts';
import { loadConfiguration } from '../../infra/config/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mainstay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, `${text.length}.json`);
  writeFileSync(path, text);
  return path;
}

describe('a request', () => {
  it('takes who and why from the command line before the file', () => {
    const input = file('{"target":"us-east-2","by":"the file","reason":"a drill"}');
    expect(givenBy(regionFailoverByHand.request, { input, by: 'ana' })).toEqual({
      target: 'us-east-2',
      by: 'ana',
      reason: 'a drill',
      mode: 'disaster',
    });
  });

  it.each([
    [{ reason: 'x' }, /^--by: missing/],
    [{ by: 'ana' }, /^--reason: missing/],
    [{ by: 'ana', reason: '' }, /^--reason: missing/],
    [{ by: 'ana', reason: 'x', input: '/nowhere.json' }, /^--input: \/nowhere.json cannot be read/],
  ])('%o is refused with the option named', (options, message) => {
    expect(() => givenBy(regionFailoverByHand.request, options)).toThrow(UsageProblem);
    expect(() => givenBy(regionFailoverByHand.request, options)).toThrow(message);
  });

  it.each([
    ['{"by":', /^--input: .* cannot be read as JSON/],
    ['{"acceptLossSeconds":"many"}', /^--input: acceptLossSeconds: /],
    ['{"tarket":"us-east-2"}', /^--input: request: .*tarket/],
  ])('from a file with %s is refused with the field named', (text, message) => {
    expect(() => givenBy(regionFailoverByHand.request, { input: file(text), by: 'ana', reason: 'x' })).toThrow(message);
  });
});

describe('the step that cannot be undone', () => {
  it('needs --yes where nobody can be asked', () => {
    expect(() => mustBeAskable({})).toThrow(UsageProblem);
    expect(() => mustBeAskable({})).toThrow(/^--yes: nobody can be asked here/);
    expect(() => mustBeAskable({ isTTY: true })).not.toThrow();
  });
});

/** A machine that is found at the second look and then is each time one state further. */
function scripted(states: string[], end: { status: string; output?: string; error?: string }): Target {
  const at = (second: number) => new Date(Date.UTC(2027, 0, 12, 9, 0, second));
  let looks = 0;
  const answers: Record<string, () => unknown> = {
    GetCallerIdentity: () => ({ Account: '111111111111' }),
    PutEvents: () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'event-1' }] }),
    DescribeExecution: () => {
      looks += 1;
      if (looks === 1) throw Object.assign(new Error('not there'), { name: 'ExecutionDoesNotExist' });
      return looks > states.length ? end : { status: 'RUNNING' };
    },
    GetExecutionHistory: () => ({
      events: [
        { type: 'ExecutionStarted', timestamp: at(0) },
        ...states.slice(0, looks).map((name, index) => ({
          type: 'TaskStateEntered',
          timestamp: at(10 * index),
          stateEnteredEventDetails: { name },
        })),
      ],
    }),
  };
  return {
    name: 'aws',
    wait: async () => {},
    call: (async (_service: string, operation: string) => answers[operation]?.()) as Target['call'],
  };
}

describe('following an execution', () => {
  const detail = {
    application: 'orders-prod',
    target: 'us-east-2',
    from: 'us-west-2',
    by: 'ana',
    reason: 'x',
    mode: 'disaster' as const,
  };

  async function followed(target: Target) {
    const written: string[] = [];
    const screen = { write: (text: string) => written.push(text) };
    const timeline = new Timeline({ screen, environment: {} });
    const ended = await follow({ target, asked: askedFor(loadConfiguration('prod'), detail), timeline });
    return { ended, lines: written.filter((text) => text.includes('region-failover')) };
  }

  it('tells each state once, by the machine’s own clock', async () => {
    const { ended, lines } = await followed(
      scripted(['Assess', 'Claim', 'Assess', 'Moved'], { status: 'SUCCEEDED', output: '{}' }),
    );
    expect(lines).toEqual([
      '  +00:00  us-east-2   region-failover  Assess\n',
      '  +00:10  us-east-2   region-failover  Claim\n',
      '  +00:30  us-east-2   region-failover  Moved\n',
    ]);
    expect(ended.status).toBe('SUCCEEDED');
  });

  it('says so when the bus refuses the request', async () => {
    const target = scripted([], { status: 'SUCCEEDED' });
    const refusing: Target = {
      ...target,
      call: (async (service: 'events', operation: 'PutEvents', ...rest: [never, never]) =>
        operation === 'PutEvents'
          ? { FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttled', ErrorMessage: 'later' }] }
          : target.call(service, operation, ...rest)) as Target['call'],
    };
    await expect(followed(refusing)).rejects.toThrow('us-east-2 did not take the request: Throttled later');
  });
});

describe('the end of an execution', () => {
  it('is what the machine says, each reason once', () => {
    const output = JSON.stringify({ outcome: 'held', epoch: 1, reasons: ['a', 'b', 'a'], measures: null });
    expect(endLines(endOf({ status: 'SUCCEEDED', output }))).toEqual([
      'outcome     held',
      'because     a',
      '            b',
    ]);
  });
  it('is its status and cause when it said nothing', () => {
    expect(endOf({ status: 'FAILED', error: 'PromotionUnsafe', cause: 'moving elsewhere' })).toEqual({
      outcome: 'failed',
      reasons: ['PromotionUnsafe: moving elsewhere'],
      measures: null,
    });
  });
});
