/** A fix while the live release is broken: nothing of the broken one keeps it out, and no wish for it is lost. */
import { describe, expect, it } from 'vitest';
import { decideAdmission, decideWatch, kindNow, objectionsToShift } from '../../functions/blue-green/decide.ts';
import { judge } from '../../functions/blue-green/judge.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { candidate, config, EXECUTION, NEW, OLD, START, World } from './memory.ts';
import { verified } from './signed.ts';

const wish = { ...candidate, id: 'fix-1', kind: 'hotfix', by: 'ana', reason: 'INC-204' } as const;

function admissionOf(state: object) {
  const { ports } = new World();
  return decideAdmission({
    now: START,
    candidate: wish,
    state: { ...new World().state.releases, ...state },
    platform: ports.config.platform,
    image: { digest: NEW, kind: 'image', tags: ['1.1.1'], platforms: {}, labels: {} },
    scan: { status: 'COMPLETE', findings: {} },
    signing: [{ status: 'COMPLETE', profileArn: 'profile', trusted: true }],
    signatures: [verified],
    liveDigest: OLD,
    quarantined: null,
    frozen: false,
    releaseTag: '1.1.1',
    schemaObjection: null,
    policy: config.policy,
  });
}

describe('a hotfix with the digest that is being released', () => {
  const lease = { releaseId: 'push-1', digest: NEW, executionArn: EXECUTION, fence: 1, takenAt: isoOf(START) };

  it('waits, so that it begins when the other one is given up', () => {
    expect(admissionOf({ lease })).toMatchObject({ action: 'wait', ready: true });
  });

  it('is over without a word when the other one made it live', () => {
    const live = { colour: 'green', digest: NEW, releaseId: 'push-1', schema: null, committedAt: isoOf(START + 1) };
    expect(admissionOf({ live })).toMatchObject({ action: 'refuse', quietly: true });
    const before = { ...live, committedAt: isoOf(START - 1) };
    expect(admissionOf({ live: before })).toMatchObject({ action: 'go' });
  });

  it('makes a hotfix of the other one: the sick colour is no reason to wait any more', () => {
    const kind = kindNow({ kind: 'push', digest: NEW }, wish);
    expect(kind).toBe('hotfix');
    const facts = {
      size: 2,
      fresh: { healthyTargets: 2 },
      old: { healthyTargets: 0, pinned: true },
    } as const;
    expect(objectionsToShift({ ...facts, oldColour: 'blue', kind })).toEqual([]);
    expect(objectionsToShift({ ...facts, oldColour: 'blue', kind: 'push' })).toHaveLength(1);
  });

  it('leaves a release of another digest as it is', () => {
    expect(kindNow({ kind: 'push', digest: OLD }, wish)).toBe('push');
    expect(kindNow({ kind: 'push', digest: NEW }, { ...wish, kind: 'redeploy' })).toBe('push');
  });
});

it('is not rolled back for what the load balancer answers for the release that it replaces', () => {
  const minute = (index: number) => isoOf(START + index * 60_000);
  const of = (requests: number, errors: number) =>
    Array.from({ length: 6 }, (_, index) => ({
      ...{ at: minute(index), requests, errors, p95Seconds: 0.2 },
      // It had no target to ask: of these nobody can say for which release they were.
      ...{ unanswered: 0, gateway: 0 },
    }));
  const seen = {
    stage: 'step',
    role: 'active',
    percent: 10,
    ours: of(60, 0),
    other: of(540, 300),
    balancer: of(600, 200),
    stageAt: minute(0),
    warmFrom: minute(0),
    publishedTo: minute(6),
    alarms: [],
    alarmsWanted: [],
    limits: config.policy,
  } as const;
  expect(judge({ ...seen, hotfix: false }).verdict).toBe('fail');
  const verdict = judge({ ...seen, hotfix: true });
  expect(verdict.verdict).toBe('pass');
  const facts = { now: START + 360_000, stageAt: START, secondsMin: 180, secondsMax: 900, pauseSecondsMax: 60 };
  const watched = {
    steering: null,
    frozen: false,
    undisturbed: true,
    objections: [],
    collapsed: false,
    oldCollapsed: false,
  };
  expect(decideWatch({ ...facts, ...watched, verdict }).action).toBe('advance');
});
