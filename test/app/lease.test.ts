/** When the write lease admits a write, and when it no longer does: every way in which a renewal can end. */
import { describe, expect, it } from 'vitest';
import { createLease } from '../../app/lease.ts';
import { writeTimes } from '../../app/settings.ts';
import { distantAuthority, type Fate, manualClock } from './fakes.ts';

const OWN = 'us-west-2';
const ALL = ['us-east-1', 'us-east-2', OWN];

function setUp(fates: Fate[] = [{ thereMs: 0, backMs: 0, lost: 'no' }]) {
  const clock = manualClock();
  const authority = distantAuthority(OWN, clock, fates);
  const lease = createLease({
    region: OWN,
    endpoints: ALL,
    authority,
    clock,
    acknowledged: () => null,
    ...writeTimes(30, 5),
  });
  return { clock, authority, lease };
}

describe('the write lease', () => {
  it('admits nothing before the first renewal', () => {
    expect(setUp().lease.admit()).toBeNull();
  });

  it('admits writes of the epoch it renewed, each with a time by which it must be sent', async () => {
    const { clock, lease } = setUp();
    await lease.maintain();
    clock.advance(1_000);
    expect(lease.admit()).toEqual({ epoch: 1, sendBy: 3_000 });
  });

  it('stops admitting when the longest write would no longer end before the lease does', async () => {
    const { clock, lease } = setUp();
    await lease.maintain();
    clock.advance(24_999);
    expect(lease.admit()).not.toBeNull();
    clock.advance(1);
    expect(lease.admit()).toBeNull();
  });

  it('counts its time from before the renewal was sent, not from the answer', async () => {
    const { clock, lease } = setUp([
      { thereMs: 0, backMs: 0, lost: 'no' },
      { thereMs: 400, backMs: 9_600, lost: 'no' },
    ]);
    await lease.maintain();
    expect(clock.monotonicMs()).toBe(10_000);
    clock.advance(14_999);
    expect(lease.admit()).not.toBeNull();
    clock.advance(1);
    expect(lease.admit()).toBeNull();
  });

  it('does not count the time lost at a silent endpoint as part of the lease of the next one', async () => {
    const { clock, lease, authority } = setUp([
      { thereMs: 0, backMs: 0, lost: 'no' },
      { thereMs: 1_000, backMs: 0, lost: 'request' },
      { thereMs: 0, backMs: 0, lost: 'no' },
    ]);
    await lease.maintain();
    expect(authority.asked).toEqual([OWN, OWN, 'us-east-1']);
    clock.advance(24_999);
    expect(lease.admit()).not.toBeNull();
  });

  it('asks its own region first and the other two in turn, and gives up the round when all are silent', async () => {
    const { lease, authority } = setUp([{ thereMs: 1_000, backMs: 0, lost: 'request' }]);
    await lease.maintain();
    expect(authority.asked).toEqual([OWN, 'us-east-1', 'us-east-2']);
    expect(lease.admit()).toBeNull();
  });

  it('keeps what it had, and no more, when the answer to a renewal is lost everywhere', async () => {
    const { clock, lease } = setUp([
      { thereMs: 0, backMs: 0, lost: 'no' },
      { thereMs: 0, backMs: 0, lost: 'no' },
      { thereMs: 0, backMs: 1_000, lost: 'answer' },
    ]);
    await lease.maintain();
    clock.advance(5_000);
    await lease.maintain();
    clock.advance(25_000 - clock.monotonicMs() - 1);
    expect(lease.admit()).not.toBeNull();
    clock.advance(1);
    expect(lease.admit()).toBeNull();
  });

  it('stops at once when a renewal is refused', async () => {
    const { lease, authority } = setUp();
    await lease.maintain();
    authority.inner.state = { epoch: 1, holder: OWN, phase: 'fencing' };
    await lease.maintain();
    expect(lease.admit()).toBeNull();
  });

  it('comes back with the same epoch after a takeover was called off', async () => {
    const { lease, authority } = setUp();
    await lease.maintain();
    authority.inner.state = { epoch: 1, holder: OWN, phase: 'fencing' };
    await lease.maintain();
    await lease.maintain();
    expect(lease.admit()).toBeNull();
    authority.inner.state = { epoch: 1, holder: OWN, phase: 'active' };
    await lease.maintain();
    expect(lease.admit()?.epoch).toBe(1);
  });

  it('never renews under an epoch that it only read about: a region that is not the holder stays a reader', async () => {
    const { lease, authority } = setUp();
    authority.inner.state = { epoch: 7, holder: 'us-east-2', phase: 'active' };
    await lease.maintain();
    expect(authority.inner.counter).toBe(0);
    expect(lease.seen()).toEqual({ epoch: 7, holder: 'us-east-2', phase: 'active' });
    expect(lease.admit()).toBeNull();
  });

  it('does not write while the takeover in its own favour is not finished', async () => {
    const { lease, authority } = setUp();
    authority.inner.state = { epoch: 2, holder: OWN, phase: 'promoting' };
    await lease.maintain();
    expect(lease.admit()).toBeNull();
    authority.inner.state = { epoch: 2, holder: OWN, phase: 'active' };
    await lease.maintain();
    expect(lease.admit()?.epoch).toBe(2);
  });

  it('takes the new epoch after it was given the lease back', async () => {
    const { lease, authority } = setUp();
    await lease.maintain();
    authority.inner.state = { epoch: 3, holder: OWN, phase: 'active' };
    await lease.maintain();
    expect(lease.admit()).toBeNull();
    await lease.maintain();
    expect(lease.admit()?.epoch).toBe(3);
  });

  it('admits nothing after it was stopped, even when an answer is still on its way', async () => {
    const { lease } = setUp();
    await lease.maintain();
    const round = lease.maintain();
    lease.stop();
    await round;
    expect(lease.admit()).toBeNull();
  });
});
