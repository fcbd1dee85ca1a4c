/**
 * The lease against an adversary: any delays, losses, stops of the process and takeover times. The oracle is the rule of
 * the takeover alone: the other region writes from the moment TTL + drift + longest write after the counter last moved.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFencedWrites } from '../../app/fenced-writes.ts';
import { createLease } from '../../app/lease.ts';
import { writeTimes } from '../../app/settings.ts';
import { distantAuthority, type Fate, manualClock } from './fakes.ts';

const OWN = 'us-west-2';
const ALL = [OWN, 'us-east-2', 'us-east-1'];
const TIMES = writeTimes(30, 5);
const DRIFT_MS = 1_000;
const small = (max: number) => fc.integer({ min: 0, max });
const NETWORK_MS = TIMES.longestWriteMs - TIMES.sendWithinMs - TIMES.serverWriteMs;

/** Mostly a healthy network and a busy instance: the interesting cases lie between quick renewals, not after none. */
const fate = fc.oneof(
  { weight: 3, arbitrary: fc.record({ thereMs: small(50), backMs: small(50), lost: fc.constant('no' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      thereMs: small(20_000),
      backMs: small(40_000),
      lost: fc.constantFrom('no' as const, 'request' as const, 'answer' as const),
    }),
  },
);

/** A write whose process may be stopped between admission and socket, then a slow network, then a slow server. */
const write = fc.record({
  do: fc.constant('write' as const),
  stoppedMs: fc.oneof(small(3_000), small(120_000)),
  networkMs: small(NETWORK_MS),
  serverMs: small(TIMES.serverWriteMs),
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('renew' as const) }) },
  { weight: 6, arbitrary: write },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(small(5_000), small(40_000)) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('claim' as const) }) },
);

const fates = fc.array(fate, { minLength: 4, maxLength: 40, size: 'max' });
const steps = fc.array(step, { minLength: 8, maxLength: 40, size: 'max' });

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function play(drawnFates: Fate[], drawnSteps: Step[]) {
  const clock = manualClock();
  const authority = distantAuthority(OWN, clock, drawnFates);
  const lease = createLease({ region: OWN, endpoints: ALL, authority, clock, acknowledged: () => null, ...TIMES });
  const parameters = {
    database: () => ({ epoch: 1, endpoint: 'a', reader: 'a' }),
    consumers: () => null,
    refresh: async () => {},
  };
  const writes = createFencedWrites(lease, parameters);
  const takenAt: number[] = [];
  for (const one of drawnSteps) {
    if (one.do === 'renew') await lease.maintain();
    else if (one.do === 'wait') clock.advance(one.ms);
    else if (one.do === 'claim') authority.inner.state = { epoch: 1, holder: OWN, phase: 'fencing' };
    else {
      await writes
        .run(async ({ sendBy }) => {
          clock.advance(one.stoppedMs);
          // The check that the store makes at the socket.
          if (clock.monotonicMs() > sendBy) return;
          takenAt.push(clock.monotonicMs() + one.networkMs + one.serverMs);
        })
        .catch(() => {});
    }
  }
  return { authority, takenAt };
}

describe('the write lease under any delays, losses and stops', () => {
  it('never lets the database take a write after the other region may begin', async () => {
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fates, steps, async (drawnFates, drawnSteps) => {
        const { authority, takenAt } = await play(drawnFates, drawnSteps);
        written += takenAt.length;
        const lastMove = authority.renewedAt.at(-1);
        if (takenAt.length > 0) expect(lastMove).toBeDefined();
        const otherBegins = (lastMove ?? 0) + TIMES.leaseMs + DRIFT_MS + TIMES.longestWriteMs;
        for (const at of takenAt) expect(at).toBeLessThan(otherBegins);
      }),
      { numRuns: 2_000, seed: 20261120 },
    );
    // A lease that never admits would pass as well.
    expect(written).toBeGreaterThan(1_000);
  });

  it('ends every write before the lease itself ends, so that the takeover keeps drift and longest write as margin', async () => {
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fates, steps, async (drawnFates, drawnSteps) => {
        const { authority, takenAt } = await play(drawnFates, drawnSteps);
        written += takenAt.length;
        const lastMove = authority.renewedAt.at(-1) ?? 0;
        for (const at of takenAt) expect(at).toBeLessThan(lastMove + TIMES.leaseMs);
      }),
      { numRuns: 2_000, seed: 20261121 },
    );
    expect(written).toBeGreaterThan(1_000);
  });
});
