/**
 * What each scenario must have put the application through, read from the world's ledger, AWS's own records and the trace:
 * a scenario that did not really do what its title says proves nothing. Used by scenarios.scenario.ts.
 */
import { expect } from 'vitest';
import type { RegionFailoverRun } from '../../console/drills/region-failover/drill.ts';
import { sns } from '../../simulator/services/sns.ts';
import { type Ledger, ledgerOf } from '../../simulator/world/index.ts';

const FIRST = 'us-west-2';
const SECOND = 'us-east-2';
const WITNESS = 'us-east-1';

/** A finished drill, all its times in seconds after the fault. */
interface Seen {
  readonly writes: readonly (Ledger['writes'][number] & { readonly at: number })[];
  readonly requests: readonly (Ledger['requests'][number] & { readonly at: number })[];
  readonly jobs: readonly (Ledger['jobs'][number] & { readonly at: number })[];
  readonly trace: readonly { at: number; region: string; source: string; what: string; detail: Detail }[];
  readonly authority: readonly { at: number; epoch: number; holder: string; phase: string; counter: number }[];
  readonly promotions: readonly { at: number; region: string; lagSeconds: number | null }[];
  readonly executions: readonly { from: number; until: number; region: string; outcome: unknown; reasons: unknown }[];
  readonly samples: readonly { at: number; regions: Readonly<Record<string, { healthyTargets: number }>> }[];
  /** When each effect came first. */
  effectAt(what: string, region?: string): number;
  /** What people were told in a region since the fault, without CloudWatch's own mails. */
  told(region: string): string[];
}

interface Detail {
  readonly by?: string;
  readonly from?: string;
  readonly error?: string;
  readonly message?: string;
  readonly instanceId?: string;
}

function see({ cloud, evidence, result }: RegionFailoverRun): Seen {
  const at = (milliseconds: number) => milliseconds / 1000 - evidence.faultAt;
  const timed = <T extends { readonly t: number }>(list: readonly T[]) =>
    list.map((entry) => ({ ...entry, at: at(entry.t) }));
  const shifted = <T extends { readonly t: number }>(list: readonly T[]) =>
    list.map((entry) => ({ ...entry, at: entry.t - evidence.faultAt }));
  const book = ledgerOf(cloud);
  return {
    writes: timed(book.writes),
    requests: timed(book.requests),
    jobs: timed(book.jobs),
    trace: cloud.trace.entries.map((entry) => ({ ...entry, at: at(entry.t), detail: (entry.detail ?? {}) as Detail })),
    authority: shifted(evidence.authority),
    samples: shifted(evidence.samples),
    promotions: shifted(evidence.promotions).filter((promotion) => promotion.at >= 0),
    executions: evidence.executions.map(({ from, until, region, output }) => ({
      from: from - evidence.faultAt,
      until: (until ?? Number.POSITIVE_INFINITY) - evidence.faultAt,
      region,
      outcome: output?.outcome,
      reasons: output?.reasons,
    })),
    effectAt: (what, region) =>
      result.effects.find((effect) => effect.what === what && (region ?? effect.region) === effect.region)?.t ??
      Number.NaN,
    told: (region) =>
      cloud
        .stateOf(sns, region)
        .outbox.filter(({ t, subject }) => at(t - cloud.state.startedAt) >= 0 && !/^ALARM: /.test(subject ?? ''))
        .map(({ subject, message }) => `${subject}\n${message}`),
  };
}

const within = <T extends { readonly at: number }>(
  list: readonly T[],
  from: number,
  until = Number.POSITIVE_INFINITY,
) => list.filter(({ at }) => at >= from && at < until);
const inside = ({ requests }: Seen, region: string, kind: 'read' | 'write') =>
  requests.filter((each) => each.who === 'user' && each.from === region && each.kind === kind);
/** An observer's looks at a region, on that region's own name. */
const looks = ({ requests }: Seen, from: string, region: string) =>
  requests.filter((each) => each.who === 'probe' && each.from === from && each.host.startsWith(`${region}.`));
const writesOf = ({ writes }: Seen, region: string) => writes.filter((write) => write.region === region);
/** Renewals of the lease: the application's own updates of the authority. */
const renewals = ({ trace }: Seen) =>
  trace.filter(
    ({ source, what, detail }) => source === 'dynamodb' && what === 'UpdateItem' && detail.by?.includes('/i-'),
  );

/** The application moved: the other region wrote before, this one after, never both, and users write again. */
function movedTo(seen: Seen, target: string, from: string): void {
  const firstWrite = within(writesOf(seen, target), 0)[0]?.at ?? Number.NaN;
  expect(within(writesOf(seen, from), -30, 0).length).toBeGreaterThan(10);
  expect(within(writesOf(seen, from), firstWrite)).toEqual([]);
  expect(within(writesOf(seen, target), firstWrite).filter(({ kind }) => kind === 'user').length).toBeGreaterThan(10);
  expect(within(seen.jobs, seen.effectAt('consumers', target)).every(({ region }) => region === target)).toBe(true);
  expect(seen.promotions.map(({ region }) => region)).toEqual([target]);
}

/** Nothing was claimed or promoted, and the writer's region is still the holder. */
function notMoved(seen: Seen, holder = FIRST): void {
  expect(seen.promotions).toEqual([]);
  expect(within(seen.authority, 0).every((item) => item.holder === holder && item.epoch === 1)).toBe(true);
}

function wroteOnThroughout(seen: Seen, region: string, from: number, until: number): void {
  for (let at = from; at < until; at += 10) expect(within(writesOf(seen, region), at, at + 10)).not.toEqual([]);
}

type Proof = (seen: Seen) => void;

const proofs: Readonly<Record<string, Proof>> = {
  'dark-primary': (seen) => {
    movedTo(seen, SECOND, FIRST);
    expect(within(writesOf(seen, FIRST), 0)).toEqual([]);
  },
  'other-direction': (seen) => {
    movedTo(seen, FIRST, SECOND);
    expect(within(writesOf(seen, SECOND), 0)).toEqual([]);
  },
  'cut-off-primary': (seen) => {
    movedTo(seen, SECOND, FIRST);
    const cutAt = 5;
    const lastRenewal = Math.max(
      ...renewals(seen)
        .filter(({ detail, at }) => !detail.error && at < 60)
        .map(({ at }) => at),
    );
    // People inside the region are served while the lease lasts, and refused, not left without an answer, from then on.
    const local = inside(seen, FIRST, 'write');
    expect(within(local, cutAt, lastRenewal + 20).some(({ status }) => status === 201)).toBe(true);
    const refused = within(local, lastRenewal + 30);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.every(({ status, region }) => status === 503 && region === FIRST)).toBe(true);
    // Writes that were on their way when the region was cut off were taken, and nobody outside heard of it.
    const inFlight = within(writesOf(seen, FIRST), cutAt, cutAt + 5).filter(({ id }) => id.startsWith('internet-'));
    expect(inFlight).not.toEqual([]);
    expect(
      seen.requests.filter(
        ({ at, from, kind, ok }) => from === 'internet' && kind === 'write' && ok && at > cutAt - 1.5 && at < 60,
      ),
    ).toEqual([]);
    // The lease was used to its end, and the last write was through before it.
    const lastWrite = writesOf(seen, FIRST).at(-1)?.at ?? Number.NaN;
    expect(lastWrite).toBeGreaterThan(lastRenewal + 20);
    expect(lastWrite).toBeLessThanOrEqual(lastRenewal + 30);
  },
  'paused-writer': (seen) => {
    movedTo(seen, SECOND, FIRST);
    const [paused] = seen.trace.filter(({ what }) => what === 'app.paused');
    const [woken] = seen.trace.filter(({ what }) => what === 'app.woken');
    const instance = paused?.detail.instanceId;
    expect(woken?.detail.instanceId).toBe(instance);
    const wokenAt = woken?.at ?? Number.NaN;
    expect(wokenAt).toBeGreaterThan(writesOf(seen, SECOND)[0]?.at ?? Number.NaN);
    // The very write that was on its way goes on in the woken process, and is stopped before the wire.
    const [stopped] = within(seen.trace, wokenAt).filter(({ what }) => what === 'notSent');
    expect(stopped?.detail).toMatchObject({
      instanceId: instance,
      message: expect.stringMatching(/WriteTooLate.* ms late; not sent/),
    });
    expect(seen.writes.filter((write) => write.instance === instance && write.at > (paused?.at ?? 0))).toEqual([]);
  },
  'returning-region': (seen) => {
    movedTo(seen, SECOND, FIRST);
    const darkAt = seen.trace.find(({ what, region }) => what === 'region.dark' && region === FIRST)?.at ?? Number.NaN;
    // An execution that would bring the application here was running, and looks again after the return.
    const sleeper = seen.executions.find(({ region, from, until }) => region === FIRST && from < darkAt && until > 800);
    expect(sleeper?.outcome).toBe('held');
    expect(JSON.stringify(sleeper?.reasons)).toMatch(/no two of three observers/);
    // The writers wake with the old lease, ask to renew it, and are refused; so are people who still come here.
    const woken = within(renewals(seen), 800).filter(({ region, detail }) => region === FIRST && !detail.from);
    expect(woken.length).toBeGreaterThan(1);
    expect(woken.every(({ detail }) => detail.error === 'ConditionalCheckFailedException')).toBe(true);
    const late = seen.requests.filter(
      ({ host, kind, at }) => host.startsWith(`${FIRST}.`) && kind === 'write' && at >= 800,
    );
    expect(late.map(({ status, region }) => ({ status, region }))).toEqual([
      { status: 503, region: FIRST },
      { status: 503, region: FIRST },
    ]);
    // Its consumers were still switched on when they woke.
    expect(seen.effectAt('consumers', FIRST)).toBeGreaterThan(800);
    expect(within(seen.jobs, darkAt).filter(({ region }) => region === FIRST)).toEqual([]);
    expect(within(writesOf(seen, FIRST), darkAt)).toEqual([]);
  },
  'returning-execution': (seen) => {
    notMoved(seen);
    const darkAt = seen.trace.find(({ what, region }) => what === 'region.dark' && region === SECOND)?.at ?? Number.NaN;
    const sleeper = seen.executions.find(
      ({ region, from, until }) => region === SECOND && from < darkAt && until > 600,
    );
    expect(sleeper?.outcome).toBe('superseded');
    expect(within(writesOf(seen, FIRST), seen.effectAt('claim') + 36, seen.effectAt('restore'))).toEqual([]);
    wroteOnThroughout(seen, FIRST, seen.effectAt('restore') + 20, 740);
    expect(writesOf(seen, SECOND)).toEqual([]);
  },
  'flapping-health': (seen) => {
    notMoved(seen);
    for (const observer of [SECOND, WITNESS]) {
      const seenFrom = within(looks(seen, observer, FIRST), 0, 400);
      expect(seenFrom.filter(({ ok }) => !ok).length).toBeGreaterThan(8);
      expect(seenFrom.filter(({ ok }) => ok).length).toBeGreaterThan(8);
    }
  },
  'one-observer': (seen) => {
    notMoved(seen);
    const ok = (from: string, region: string) =>
      new Set(within(looks(seen, from, region), 10, 490).map((look) => look.ok));
    expect(ok(SECOND, FIRST)).toEqual(new Set([false]));
    expect(ok(FIRST, SECOND)).toEqual(new Set([false]));
    expect(ok(WITNESS, FIRST)).toEqual(new Set([true]));
    expect(ok(WITNESS, SECOND)).toEqual(new Set([true]));
    wroteOnThroughout(seen, FIRST, 0, 590);
    expect(seen.told(SECOND).join('\n')).toContain('us-east-1: healthy');
  },
  'grey-dynamodb': (seen) => {
    notMoved(seen);
    wroteOnThroughout(seen, FIRST, 0, 390);
    const elsewhere = within(renewals(seen), 15, 300).filter(({ detail }) => detail.from === FIRST && !detail.error);
    expect(elsewhere.length).toBeGreaterThan(60);
    expect(within(seen.requests, 0).filter(({ who, ok }) => who === 'user' && !ok)).toEqual([]);
  },
  'lag-above-rpo': (seen) => {
    notMoved(seen);
    expect(seen.told(SECOND).join('\n')).toMatch(
      /\b(39\d|40\d) s of writes are known to be lost, 4\d\d s at most, the policy allows 300 s/,
    );
  },
  'lag-accepted': (seen) => {
    movedTo(seen, SECOND, FIRST);
    expect(seen.promotions[0]?.lagSeconds).toBeGreaterThan(300);
    const moved = seen.executions.find(({ outcome }) => outcome === 'moved');
    expect(JSON.stringify(moved?.reasons)).toContain('alice accepted it');
  },
  'standby-not-ready': (seen) => {
    notMoved(seen);
    expect(within(looks(seen, WITNESS, SECOND), 20, 390).some(({ ok }) => ok)).toBe(false);
    expect(seen.told(SECOND).join('\n')).toContain('the target application is not ready');
  },
  'short-of-capacity': (seen) => {
    notMoved(seen);
    expect(seen.trace.some(({ detail }) => JSON.stringify(detail).includes('InsufficientInstanceCapacity'))).toBe(true);
    expect(seen.told(SECOND).join('\n')).toContain('1 targets are healthy, at least 2 must be');
  },
  'sick-machine': (seen) => {
    movedTo(seen, SECOND, FIRST);
    const healthyAt = (when: number) => within(seen.samples, 0, when).at(-1)?.regions[SECOND]?.healthyTargets;
    expect(healthyAt(seen.effectAt('claim'))).toBe(2);
    expect(seen.effectAt('scale', SECOND) - seen.effectAt('claim')).toBeGreaterThan(300);
    expect(healthyAt(seen.effectAt('scale', SECOND))).toBe(1);
    expect(healthyAt(seen.effectAt('latch', SECOND))).toBe(2);
  },
  'larger-primary': (seen) => {
    movedTo(seen, SECOND, FIRST);
    const healthyAt = (when: number, region: string) =>
      within(seen.samples, 0, when).at(-1)?.regions[region]?.healthyTargets;
    expect(healthyAt(seen.effectAt('claim') - 60, FIRST)).toBe(4);
    expect(healthyAt(seen.effectAt('claim'), SECOND)).toBe(2);
    expect(healthyAt(seen.effectAt('latch', SECOND), SECOND)).toBe(4);
  },
  'alarm-and-person': (seen) => {
    movedTo(seen, SECOND, FIRST);
    const asking = seen.executions.filter(({ from, until }) => from < seen.effectAt('commit') && until > 0);
    expect(asking.filter(({ region }) => region === SECOND).length).toBeGreaterThanOrEqual(4);
    expect(asking.filter(({ region }) => region === FIRST).length).toBeGreaterThanOrEqual(1);
    expect(asking.filter(({ outcome }) => outcome === 'moved').length).toBe(1);
  },
  'person-while-healthy': (seen) => {
    movedTo(seen, SECOND, FIRST);
    // The writer lives: from the last renewal on, a lease, the drift and a longest write are waited out.
    const last = Math.max(
      ...renewals(seen)
        .filter(({ detail, at }) => !detail.error && at < seen.effectAt('commit'))
        .map(({ at }) => at),
    );
    expect(seen.effectAt('commit') - last).toBeGreaterThanOrEqual(36);
    expect(within(writesOf(seen, FIRST), 0, 20)).not.toEqual([]);
  },
  'recovers-in-time': (seen) => {
    notMoved(seen);
    const [last] = seen.authority.slice(-1);
    expect(last).toMatchObject({ epoch: 1, holder: FIRST, phase: 'active', claim: null });
    wroteOnThroughout(seen, FIRST, seen.effectAt('restore') + 20, 390);
    expect(writesOf(seen, SECOND)).toEqual([]);
  },
  'witness-lost': (seen) => {
    notMoved(seen);
    expect(within(looks(seen, SECOND, FIRST), 70, 490).some(({ ok }) => ok)).toBe(false);
    expect(within(looks(seen, WITNESS, FIRST), 0)).toEqual([]);
    expect(seen.told(SECOND).join('\n')).toContain('the witness outside both regions is silent');
  },
  'authority-lost': (seen) => {
    notMoved(seen);
    expect(seen.told(SECOND).join('\n')).toContain('AuthorityNotReady');
  },
  'kill-switch': (seen) => {
    notMoved(seen);
    expect(seen.told(SECOND).join('\n')).toContain('automation is switched off');
  },
  'lost-answer': (seen) => {
    movedTo(seen, SECOND, FIRST);
    const asked = within(seen.trace, 0).filter(({ what }) => what === 'FailoverGlobalCluster');
    expect(asked.map(({ detail }) => detail.error)[0]).toBe('AnswerLost');
    expect(asked.filter(({ detail }) => !detail.error)).toEqual([]);
  },
};

/** Fails where the run was not what the scenario's title says. Throws when there is no proof for the scenario. */
export function prove(scenario: string, run: RegionFailoverRun): void {
  const proof = proofs[scenario];
  if (!proof) throw new Error(`nothing proves that '${scenario}' did what it says`);
  proof(see(run));
}
