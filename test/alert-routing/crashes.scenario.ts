/**
 * The process of the intake or of the dispatch dies once beside each of its calls, before it is sent or after it is done:
 * nothing is lost, nobody is called twice.
 */
import { describe, expect, it } from 'vitest';
import { play } from '../../console/drills/alert-routing/play.ts';
import type { Scenario } from '../../console/drills/alert-routing/scenario.ts';
import { inSuite } from '../every-drill.ts';
import { scene } from './scene.ts';

const P0 = { severity: 'P0', team: 'orders', service: 'orders' };

const CALLS: Readonly<Record<string, readonly string[]>> = {
  intake: ['dynamodb:GetItem', 'dynamodb:TransactWriteItems', 'sqs:SendMessage'],
  dispatch: [
    'dynamodb:Query',
    'dynamodb:GetItem',
    'dynamodb:TransactWriteItems',
    'secretsmanager:GetSecretValue',
    'sqs:SendMessage',
  ],
};

/** Whatever dies comes again: after the visibility timeout of a minute at most. */
const withCrash = (handler: string, call: string, moment: 'before-call' | 'after-call', nth: number): Scenario => ({
  says: `${handler} dies ${moment} ${call}`,
  onCall: { acknowledgesMs: [60_000, 90_000] },
  acts: [
    {
      at: 9,
      do: 'fault',
      fault: {
        kind: 'function-crash',
        id: 'crash',
        function: `alert-routing/${handler}`,
        region: 'us-west-2',
        moment,
        call,
        nth,
      },
    },
    { at: 10, do: 'alarm', name: 'orders-outage', state: 'ALARM', tags: P0 },
    { at: 400, do: 'alarm', name: 'orders-outage', state: 'OK' },
  ],
  wants: [],
  seconds: 1100,
});

/** 'handler call nth'. */
const CASES = Object.entries(CALLS).flatMap(([handler, calls]) =>
  calls.flatMap((call) => [1, 2].map((nth) => [`${handler} ${call} ${nth}`, { handler, call, nth }] as const)),
);
const SAMPLE = ['intake dynamodb:TransactWriteItems 1', 'dispatch dynamodb:TransactWriteItems 2'];

describe('a process that dies', () => {
  it.each(inSuite(CASES, SAMPLE))(
    'beside %s loses nothing and calls nobody twice',
    async (_, { handler, call, nth }) => {
      for (const moment of ['before-call', 'after-call'] as const) {
        const played = await play(await scene(), withCrash(handler, call, moment, nth), nth);
        const { cloud, notifications, broken } = played;
        expect([moment, cloud.state.faults.hits.crash]).toEqual([moment, 1]);
        expect([moment, broken]).toEqual([moment, []]);
        const pages = notifications.filter(({ says }) => says === 'pagerduty outage trigger');
        expect(pages.length).toBeGreaterThan(0);
        expect(pages[0]!.t).toBeLessThan(140);
        expect(new Set(pages.map(({ key }) => key)).size).toBe(1);
      }
    },
  );
});
