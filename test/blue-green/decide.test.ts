/** Admission, the look before a release, shifting, watching and reaping, row by row. */
import { describe, expect, it } from 'vitest';
import { isTrusted } from '../../functions/blue-green/admission.ts';
import {
  type AdmissionFacts,
  decideAdmission,
  decideSnapshot,
  decideWatch,
  liveColour,
  objectionsToReaping,
  objectionsToShift,
  type ReapFacts,
  sameShares,
  type WatchFacts,
  weightsFor,
} from '../../functions/blue-green/decide.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import type { Retained, Served, Steering } from '../../functions/shared/release-ports.ts';
import { candidate, NEW, OLD, START, view, World } from './memory.ts';
import { verified } from './signed.ts';

const { releases } = new World().state;
const live: Served = {
  colour: 'blue',
  digest: OLD,
  releaseId: 'r0',
  schema: { min: 3, max: 4 },
  committedAt: isoOf(START),
};
const retained: Retained = { ...live, colour: 'green', until: isoOf(START + 3_600_000), size: 3 };

const admissible: AdmissionFacts = {
  now: START + 60_000,
  candidate,
  state: { ...releases, candidate },
  platform: 'linux/arm64',
  image: { digest: NEW, kind: 'image', tags: ['1.1.0'], platforms: {}, labels: {} },
  scan: { status: 'COMPLETE', findings: { MEDIUM: 3 } },
  signing: [{ status: 'COMPLETE', profileArn: 'profile', trusted: true }],
  signatures: [verified],
  releaseTag: '1.1.0',
  schemaObjection: null,
  liveDigest: OLD,
  quarantined: null,
  frozen: false,
  policy: { evidenceSecondsMax: 900, secondPush: 'supersede' },
};
const inProgress = [{ status: 'IN_PROGRESS', profileArn: 'profile', trusted: true }];
const wrong = { action: 'wrong', reason: 'it is forged' } as const;
const unknown = { action: 'unknown', reason: 'whether it was revoked is not known' } as const;
const admit = (change: Partial<AdmissionFacts>) => decideAdmission({ ...admissible, ...change });
const lease = { releaseId: 'other', digest: OLD, executionArn: 'x', fence: 1, takenAt: isoOf(START) };

describe('admission', () => {
  it('goes with the digest of the platform, and says why', () => {
    expect(admit({})).toMatchObject({ action: 'go', digest: NEW });
    const index = { ...admissible.image!, kind: 'index', platforms: { 'linux/arm64': OLD } } as const;
    expect(admit({ image: index, liveDigest: null })).toMatchObject({ action: 'go', digest: OLD });
  });

  it.each<[string, Partial<AdmissionFacts>, RegExp]>([
    ['is not in the repository', { image: null }, /not in the repository/],
    ['is not scanned', { scan: { status: 'NONE', findings: {} } }, /scan is NONE/],
    ['cannot be asked about its scan', { scan: null }, /scan is not known/],
    ['is not signed', { signing: [], signatures: [] }, /signature is NONE/],
    ['is being signed', { signing: inProgress, signatures: [] }, /signature is IN_PROGRESS/],
    [
      'is being signed, while a forged signature lies beside it',
      { signing: inProgress, signatures: [wrong] },
      /IN_PROGR/,
    ],
    [
      'is signed by the registry’s word alone',
      { signatures: [] },
      /says that it is signed, and no signature lies beside/,
    ],
    ['cannot be asked about its signing', { signing: null, signatures: [] }, /signature is not known/],
    ['cannot be asked about its signature', { signatures: null }, /signature is not known/],
    [
      'has a signature that may yet be right',
      { signatures: [wrong, unknown] },
      /^whether it was revoked is not known$/,
    ],
  ])('waits until the deadline, then refuses, what %s', (_what, change, says) => {
    const waits = admit(change);
    expect(waits).toMatchObject({ action: 'wait', ready: false, until: isoOf(START + 900_000) });
    expect(waits.reasons.join()).toMatch(says);
    expect(admit({ ...change, now: START + 900_000 })).toMatchObject({ action: 'refuse', quietly: false });
  });

  it.each<[string, Partial<AdmissionFacts>, RegExp]>([
    ['a critical finding', { scan: { status: 'COMPLETE', findings: { CRITICAL: 1 } } }, /1 CRITICAL/],
    ['a high finding', { scan: { status: 'ACTIVE', findings: { HIGH: 2 } } }, /2 HIGH/],
    ['a scan that failed', { scan: { status: 'FAILED', findings: {} } }, /ended FAILED/],
    [
      'a scan of something that cannot be scanned',
      { scan: { status: 'UNSUPPORTED_IMAGE', findings: {} } },
      /UNSUPPORTED/,
    ],
    [
      'a signature that failed',
      { signing: [{ status: 'FAILED', profileArn: 'profile', trusted: true }], signatures: [] },
      /signing ended FAILED/,
    ],
    ['forged signatures, whatever the registry says', { signatures: [wrong, wrong] }, /^it is forged; it is forged$/],
    ['an artifact', { image: { ...admissible.image!, kind: 'other' } }, /is no image/],
    [
      'an index for other platforms',
      { image: { ...admissible.image!, kind: 'index', platforms: { 'linux/amd64': OLD } } },
      /no image for linux\/arm64, only linux\/amd64/,
    ],
    ['a quarantined digest', { quarantined: { releaseId: 'r9', reason: 'errors' } }, /failed in r9: errors/],
  ])('refuses %s at once', (_what, change, says) => {
    const refused = admit(change);
    expect(refused).toMatchObject({ action: 'refuse', quietly: false });
    expect(refused.reasons.join()).toMatch(says);
  });

  it('goes as soon as one signature proves itself, whatever lies beside it and whatever the registry says', () => {
    const failed = [{ status: 'FAILED', profileArn: 'profile', trusted: true }];
    for (const signing of [failed, inProgress, [], null]) {
      expect(admit({ signing, signatures: [wrong, unknown, verified] })).toMatchObject({ action: 'go' });
    }
    expect(admit({}).reasons).toContain(verified.reason);
  });

  it('refuses what only a profile signs that is not trusted', () => {
    const policy = { ...admissible.policy, signingProfiles: ['ours/one', 'theirs/*'] };
    const signed = (status: string) => (profileArn: string) => {
      const view = { status, profileArn };
      return { ...view, trusted: isTrusted(policy, view) };
    };
    const by = (...profiles: string[]) => ({ policy, signatures: [], signing: profiles.map(signed('COMPLETE')) });
    expect(admit(by('ours/one-more', 'foreign'))).toMatchObject({ action: 'refuse' });
    expect(admit(by('foreign', 'ours/one'))).toMatchObject({ action: 'wait' });
    expect(admit(by('theirs/any'))).toMatchObject({ action: 'wait' });
    const failed = [signed('FAILED')('ours/one'), ...by('foreign').signing];
    expect(admit({ policy, signatures: [], signing: failed }).reasons).toEqual(['signing ended FAILED']);
  });

  it('refuses an image without a release’s tag, which the repository would not keep', () => {
    const untagged = { ...admissible.image!, tags: ['git-0abc'] };
    const refused = admit({ image: untagged, releaseTag: null, candidate: { ...candidate, kind: 'hotfix' } });
    expect(refused).toMatchObject({ action: 'refuse', quietly: false });
    expect(refused.reasons.join()).toMatch(/no release's tag, only git-0abc/);
  });

  it('refuses quietly what is live or under way already', () => {
    expect(admit({ liveDigest: NEW })).toMatchObject({ action: 'refuse', quietly: true });
    expect(admit({ state: { ...admissible.state, lease: { ...lease, digest: NEW } } })).toMatchObject({
      quietly: true,
    });
  });

  it('lets a named person release a quarantined digest again, but never without scan and signature', () => {
    const asked = { ...candidate, kind: 'redeploy', by: 'ana' } as const;
    const quarantined = { releaseId: 'r9', reason: 'errors' };
    expect(admit({ candidate: asked, quarantined })).toMatchObject({ action: 'go' });
    expect(admit({ candidate: { ...asked, kind: 'hotfix' }, signatures: null })).toMatchObject({ action: 'wait' });
  });

  it('refuses a release whose schema the live one or the database does not have', () => {
    const refused = admit({ schemaObjection: 'the database is at 3' });
    expect(refused).toMatchObject({ action: 'refuse', quietly: false, reasons: ['the database is at 3'] });
  });

  it.each<[string, Partial<AdmissionFacts>]>([
    ['another release is under way', { state: { ...admissible.state, lease } }],
    ['deployments are frozen', { frozen: true }],
    ['it is not known whether they are', { frozen: null }],
    [
      'the policy holds while a release is kept',
      { state: { ...admissible.state, retained }, policy: { ...admissible.policy, secondPush: 'hold' } },
    ],
  ])('waits its turn, admitted, while %s', (_what, change) => {
    expect(admit(change)).toMatchObject({
      action: 'wait',
      ready: true,
      until: null,
    });
  });

  it('supersedes a release that is kept, and a hotfix does not wait for one', () => {
    expect(admit({ state: { ...admissible.state, retained } })).toMatchObject({ action: 'go' });
    const policy = { ...admissible.policy, secondPush: 'hold' } as const;
    const hotfix = { ...candidate, kind: 'hotfix' } as const;
    expect(admit({ state: { ...admissible.state, retained }, policy, candidate: hotfix })).toMatchObject({
      action: 'go',
    });
  });
});

const look = (change: Partial<Parameters<typeof decideSnapshot>[0]>) =>
  decideSnapshot({
    state: { ...releases, live },
    weights: { blue: 100, green: 0, stickySeconds: 0 },
    views: { blue: view(3), green: view(0) },
    alarms: [],
    frozen: false,
    kind: 'push',
    policy: { alarms: [], capacityMin: 2, capacityMax: 10 },
    ...change,
  });

describe('the look before a release', () => {
  it('takes the live colour from the listener and the size from what serves', () => {
    expect(look({})).toEqual({ action: 'go', from: 'blue', to: 'green', size: 3 });
    const weights = { blue: 0, green: 100, stickySeconds: 0 };
    expect(look({ weights, state: releases, views: { blue: view(0), green: view(1) }, kind: 'hotfix' })).toMatchObject({
      from: 'green',
      size: 2,
    });
  });

  it.each<[string, Parameters<typeof look>[0]]>([
    ['the rule cannot be read as one of two colours', { weights: null }],
    ['both colours have weight', { weights: { blue: 90, green: 10, stickySeconds: 0 } }],
    ['neither has', { weights: { blue: 0, green: 0, stickySeconds: 0 } }],
    ['the listener and the last release disagree', { weights: { blue: 0, green: 100, stickySeconds: 0 } }],
  ])('halts when %s', (_what, change) => expect(look(change).action).toBe('halt'));

  const policy = { alarms: ['latency'], capacityMin: 2, capacityMax: 10 };
  it.each<[string, Parameters<typeof look>[0]]>([
    ['an alarm is red', { policy, alarms: [{ name: 'latency', state: 'ALARM' }] }],
    ['an alarm does not know', { policy, alarms: [{ name: 'latency', state: 'INSUFFICIENT_DATA' }] }],
    ['an alarm is not there', { policy }],
    ['the live colour is sick', { views: { blue: { ...view(3), healthyTargets: 2 }, green: view(0) } }],
  ])('holds when %s, and lets a hotfix through', (_what, change) => {
    expect(look(change).action).toBe('hold');
    expect(look({ ...change, kind: 'hotfix' }).action).toBe('go');
  });

  it('holds for a freeze and for more machines than are allowed, also a hotfix', () => {
    expect(look({ frozen: true, kind: 'hotfix' }).action).toBe('hold');
    expect(look({ views: { blue: view(11), green: view(0) }, kind: 'hotfix' }).action).toBe('hold');
  });
});

describe('weights', () => {
  it('say who is live only when one colour has all', () => {
    expect(liveColour({ blue: 1, green: 0, stickySeconds: 0 })).toBe('blue');
    expect(liveColour({ blue: 1, green: 1, stickySeconds: 0 })).toBeNull();
  });

  it('are compared by their shares, and no weight at all is like nothing', () => {
    expect(sameShares({ blue: 9, green: 1, stickySeconds: 0 }, weightsFor('green', 10, 60))).toBe(true);
    expect(sameShares({ blue: 0, green: 0, stickySeconds: 0 }, weightsFor('green', 10, 0))).toBe(false);
    expect(sameShares(null, weightsFor('green', 10, 0))).toBe(false);
  });
});

describe('a shift', () => {
  const shift = {
    size: 3,
    old: view(3, true),
    fresh: view(3, true),
    oldColour: 'blue',
    kind: 'push',
  } as const;
  it('has no objections when both colours could carry everything', () => expect(objectionsToShift(shift)).toEqual([]));
  it.each([
    ['the new colour is not complete', { fresh: view(2) }],
    ['the old one could not take everything back', { old: view(2, true) }],
    ['the old one may be scaled by others', { old: view(3) }],
  ])('is objected to when %s', (_what, change) => {
    expect(objectionsToShift({ ...shift, ...change })).toHaveLength(1);
  });
});

const passed = { verdict: 'pass', findings: [], requests: 500, errors: 0 } as const;
const steering = (decision: Steering['decision']): Steering => ({
  id: 'd1',
  decision,
  by: 'ana',
  reason: 'because',
  at: isoOf(START + 100_000),
});
const watched: WatchFacts = {
  now: START + 200_000,
  stageAt: START,
  secondsMin: 180,
  secondsMax: 900,
  pauseSecondsMax: 3600,
  verdict: passed,
  steering: null,
  frozen: false,
  undisturbed: true,
  objections: [],
  collapsed: false,
  oldCollapsed: false,
};
const watch = (change: Partial<WatchFacts>) => decideWatch({ ...watched, ...change });
const failed = { ...passed, verdict: 'fail', findings: [{ check: 'errors', verdict: 'fail', says: 'many' }] } as const;
const unsure = {
  ...passed,
  verdict: 'inconclusive',
  findings: [{ check: 'evidence', verdict: 'inconclusive', says: 'few' }],
} as const;

describe('a watched release', () => {
  it('goes on after its time with a pass, and not before', () => {
    expect(watch({}).action).toBe('advance');
    expect(watch({ now: START + 179_000 }).action).toBe('wait');
  });

  it.each<[string, Partial<WatchFacts>, string]>([
    ['the judge says it is bad', { verdict: failed }, 'verdict'],
    ['half of its machines are gone', { collapsed: true }, 'verdict'],
    ['both colours lose theirs', { collapsed: true, oldCollapsed: true, verdict: failed }, 'region'],
    ['a person says so', { steering: steering('roll-back') }, 'person'],
    ['the region is being moved', { frozen: true }, 'freeze'],
    ['somebody else changed the weights', { undisturbed: false }, 'drift'],
    ['it was not proved in time', { verdict: unsure, now: START + 900_000 }, 'deadline'],
    ['the old colour did not come back in time', { objections: ['gone'], now: START + 900_000 }, 'deadline'],
    ['it was paused for too long', { steering: steering('pause'), now: START + 3_700_000 }, 'deadline'],
  ])('goes back when %s', (_what, change, cause) => {
    expect(watch(change)).toMatchObject({ action: 'roll-back', cause });
  });

  it.each<[string, Partial<WatchFacts>]>([
    ['the judge does not know', { verdict: unsure }],
    ['the old colour could not take everything back', { objections: ['gone'] }],
    ['it is not known whether deployments are frozen', { frozen: null }],
    ['a person paused it', { steering: steering('pause') }],
  ])('waits while %s', (_what, change) => expect(watch(change).action).toBe('wait'));

  it('may be promoted by a person without proof, but never against one', () => {
    const early = { steering: steering('promote'), now: START + 110_000 };
    expect(watch({ ...early, verdict: unsure })).toMatchObject({ action: 'advance', cause: 'person' });
    expect(watch({ ...early, verdict: failed }).action).toBe('roll-back');
    expect(watch({ ...early, objections: ['gone'] }).action).toBe('wait');
    // It was for an earlier step.
    expect(watch({ ...early, stageAt: START + 105_000 }).action).toBe('wait');
  });
});

describe('reaping', () => {
  const idle: ReapFacts = {
    now: START + 7_200_000,
    colour: 'green',
    state: { ...releases, live, retained },
    weights: { blue: 100, green: 0, stickySeconds: 0 },
    requests: 0,
  };
  it('has no objections after the deadline, when nobody is served there', () => {
    expect(objectionsToReaping(idle)).toEqual([]);
  });
  it.each<[string, Partial<ReapFacts>]>([
    ['the deadline has not passed', { now: START }],
    ['it has weight', { weights: { blue: 90, green: 10, stickySeconds: 0 } }],
    ['it is live by the last release', { state: { ...releases, live: { ...live, colour: 'green' } } }],
    ['a release is under way', { state: { ...releases, live, lease } }],
    ['it has requests', { requests: 1 }],
    ['it is not known whether it has', { requests: null }],
  ])('is objected to while %s', (_what, change) => {
    expect(objectionsToReaping({ ...idle, ...change }).length).toBeGreaterThan(0);
  });
});
