/** The decision: each guard by table, and small spaces exhaustively. */
import { describe, expect, it } from 'vitest';
import { decide, type Facts, guards } from '../../functions/region-failover/decide.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import type { Observation } from '../../functions/shared/ports.ts';
import { A, B, EXECUTION, outage, policy, START, W, World } from './memory.ts';

const state = new World().state;
const SLOT = START / 1000;

const facts = (change: Partial<Facts> = {}): Facts => ({
  purpose: 'first',
  request: { trigger: 'alarm', target: B, from: A, by: 'alarm' },
  executionArn: EXECUTION,
  now: START,
  application: state.item,
  observations: outage(START),
  servingRegions: [A, B],
  database: state.database,
  standby: { ready: true, databaseReachable: true, newestHeartbeatAt: isoOf(START - 102_000), detail: '200' },
  capacity: state.capacity,
  declinedAt: null,
  approvals: [],
  ...change,
});
const person = { trigger: 'person', target: B, from: A, by: 'ada' } as const;
const claim = {
  executionArn: EXECUTION,
  target: B,
  from: A,
  by: 'x',
  reason: 'y',
  at: isoOf(START),
  declaredAt: isoOf(START),
  impairedAt: null,
  seenAt: null,
  shiftedAt: null,
};
const application = (change: Partial<Facts['application']>) => ({ application: { ...state.item, ...change } });
const votes = (
  ...rows: [region: string, state: 'healthy' | 'failing', lastedSeconds: number, ageSeconds?: number][]
) => ({
  observations: rows.map(([region, seen, lasted, age = 0]): Observation => {
    const slot = SLOT - age;
    const vote = { state: seen, since: slot - lasted, slot, detail: '' };
    return { region, slot, targets: { [A]: vote }, counter: { value: 40, seenAt: isoOf(START) }, self: null };
  }),
});
const behind = (seconds: number | null) => ({
  standby: {
    ready: true,
    databaseReachable: true,
    newestHeartbeatAt: seconds === null ? null : isoOf(START - 100_000 - seconds * 1000),
    detail: '200',
  },
});

const findingOf = (guard: string, change: Partial<Facts>) =>
  decide(facts(change), policy).findings.find((finding) => finding.guard === guard);

describe('a region lost, a standby ready', () => {
  it('is a go, with a sentence from every guard', () => {
    const decision = decide(facts(), policy);
    expect(decision.verdict).toBe('go');
    expect(decision.findings.map(({ guard }) => guard)).toEqual(guards.map(({ id }) => id));
    expect(decision.findings.every(({ sentence }) => sentence.length > 5)).toBe(true);
  });

  it('is a go again at the confirmation, when the claim is ours', () => {
    expect(decide(facts({ purpose: 'confirm', ...application({ phase: 'fencing', claim }) }), policy).verdict).toBe(
      'go',
    );
  });
});

const table: readonly [guard: string, why: string, change: Partial<Facts>, verdict: 'pass' | 'hold' | 'ask'][] = [
  ['holder-as-asked', 'the target has it already', application({ holder: B }), 'hold'],
  ['holder-as-asked', 'the request is stale', { request: { ...person, from: W } }, 'hold'],
  ['single-flight', 'somebody else claims', application({ claim: { ...claim, executionArn: 'other' } }), 'hold'],
  ['single-flight', 'our claim was undone meanwhile', { purpose: 'confirm' }, 'hold'],
  ['has-served', 'nobody ever held the write lease', application({ counter: 0 }), 'hold'],
  [
    'has-served',
    'nobody ever held the write lease, but a person asks',
    { ...application({ counter: 0 }), request: person },
    'pass',
  ],
  ['kill-switch', 'automation is off', application({ automation: 'off' }), 'hold'],
  [
    'kill-switch',
    'automation is off but a person asks',
    { ...application({ automation: 'off' }), request: person },
    'pass',
  ],
  ['cooldown', 'moved 1799 s ago', application({ movedAt: isoOf(START - 1_799_000) }), 'hold'],
  ['cooldown', 'moved 1800 s ago', application({ movedAt: isoOf(START - 1_800_000) }), 'pass'],
  ['cooldown', 'a person asks', { ...application({ movedAt: isoOf(START - 1_000) }), request: person }, 'pass'],
  ['declined', 'a person said no a minute ago', { declinedAt: isoOf(START - 60_000) }, 'hold'],
  ['declined', 'a person said no and now asks', { declinedAt: isoOf(START - 60_000), request: person }, 'pass'],
  ['declined', 'a person said no an hour ago', { declinedAt: isoOf(START - 3_600_000) }, 'pass'],
  ['quorum', 'only the target sees it', votes([B, 'failing', 90], [W, 'healthy', 90]), 'hold'],
  ['quorum', 'only the witness sees it', votes([B, 'healthy', 90], [W, 'failing', 90]), 'hold'],
  [
    'quorum',
    'both serving regions say so, the witness does not',
    votes([A, 'failing', 90], [B, 'failing', 90], [W, 'healthy', 90]),
    'hold',
  ],
  ['quorum', 'the witness is silent', votes([B, 'failing', 90]), 'ask'],
  ['quorum', 'the witness is silent and the others disagree', votes([A, 'healthy', 90], [B, 'failing', 90]), 'ask'],
  ['quorum', "the witness's vote is 31 s old", votes([B, 'failing', 90], [W, 'failing', 90, 31]), 'ask'],
  ['quorum', 'nobody votes', votes(), 'hold'],
  [
    'quorum',
    'the failing region votes for itself, two against',
    votes([A, 'healthy', 90], [B, 'failing', 90], [W, 'failing', 90]),
    'pass',
  ],
  ['quorum', 'a person judged', { ...votes(), request: person }, 'pass'],
  ['dwell', 'it fails for 50 s', votes([B, 'failing', 50], [W, 'failing', 90]), 'hold'],
  ['dwell', 'it fails for 60 s', votes([B, 'failing', 60], [W, 'failing', 60]), 'pass'],
  ['dwell', 'nobody sees it fail', votes([B, 'healthy', 60]), 'hold'],
  ['standby-database', 'it cannot be described', { database: null }, 'hold'],
  ['standby-database', 'it is being modified', { database: { ...state.database, status: 'modifying' } }, 'hold'],
  ['standby-database', 'it is no member', { database: { ...state.database, role: 'none' } }, 'hold'],
  ['standby-database', 'it is the writer', { database: { ...state.database, role: 'writer' } }, 'hold'],
  [
    'standby-database',
    'a switchover is under way',
    { database: { ...state.database, moving: { to: 'x', status: 'switching-over' } } },
    'hold',
  ],
  ['standby-version', 'a patch level differs', { database: { ...state.database, engineVersion: '5.0.1' } }, 'hold'],
  ['standby-version', 'it is unknown', { database: null }, 'hold'],
  ['standby-instances', 'it is headless', { database: { ...state.database, instancesAvailable: 0 } }, 'hold'],
  [
    'standby-application',
    'it does not answer',
    { standby: { ready: false, databaseReachable: false, newestHeartbeatAt: null, detail: 'no answer' } },
    'hold',
  ],
  [
    'standby-application',
    'it does not reach its database',
    { standby: { ...facts().standby, databaseReachable: false } },
    'hold',
  ],
  ['standby-capacity', 'it is unknown', { capacity: null }, 'hold'],
  ['standby-capacity', 'one of two needed is healthy', { capacity: { ...state.capacity, healthyTargets: 1 } }, 'hold'],
  ['standby-capacity', 'the group may not grow enough', { capacity: { ...state.capacity, max: 1 } }, 'hold'],
  // The writer renewed a second after its last heartbeat; lease and drift are 31 s.
  ['lag', 'the standby is 300 s behind at most', behind(300 - 32), 'pass'],
  ['lag', 'the standby may be 301 s behind', behind(301 - 32), 'ask'],
  ['lag', 'nobody told when the lease was last renewed', application({ renewedAt: null }), 'ask'],
  [
    'lag',
    'the writer was admitted again, and cut off, long after the last heartbeat it told of',
    { ...behind(250), ...application({ renewedAt: isoOf(START) }) },
    'ask',
  ],
  ['lag', 'the standby is ahead of what was told', behind(-4), 'pass'],
  ['lag', 'nothing was replicated', behind(null), 'ask'],
  ['lag', 'nothing was ever acknowledged', application({ acked: null }), 'ask'],
  [
    'lag',
    'a person accepted 600 s beforehand',
    { ...behind(500), request: { ...person, acceptLossSeconds: 600 } },
    'pass',
  ],
  [
    'lag',
    'a person accepted 400 s beforehand',
    { ...behind(500), request: { ...person, acceptLossSeconds: 400 } },
    'ask',
  ],
  ['lag', 'a person asks but says nothing of a loss', { ...behind(500), request: person }, 'ask'],
];

describe('each guard', () => {
  it.each(table)('%s: when %s', (guard, _why, change, verdict) => {
    expect(findingOf(guard, change)?.verdict).toBe(verdict);
  });

  it('of the tier asks when the tier is standard, unless a person asked', () => {
    const standard = { ...policy, tier: 'standard' as const };
    expect(decide(facts(), standard).verdict).toBe('ask');
    expect(decide(facts({ request: person }), standard).verdict).toBe('go');
  });

  it('is exercised by this table with a verdict that is not pass', () => {
    const refused = new Set(table.filter(([, , , verdict]) => verdict !== 'pass').map(([guard]) => guard));
    expect([...guards.map(({ id }) => id)].filter((id) => id !== 'tier' && !refused.has(id))).toEqual([]);
  });
});

describe('an approval', () => {
  const approvals = [{ guards: ['lag'], by: 'ada' }];
  it('turns the question it answered into a pass that names the person', () => {
    const decision = decide(facts({ ...behind(500), approvals }), policy);
    expect(decision.verdict).toBe('go');
    expect(decision.findings.find(({ guard }) => guard === 'lag')?.sentence).toMatch(/ada accepted it$/);
  });

  it('does not answer another question', () => {
    expect(decide(facts({ ...votes([B, 'failing', 90]), approvals }), policy).verdict).toBe('ask');
  });

  it('cannot lift a hold', () => {
    const every = [{ guards: guards.map(({ id }) => id), by: 'ada' }];
    expect(decide(facts({ database: null, approvals: every }), policy).verdict).toBe('hold');
  });
});

describe('every combination of three votes', () => {
  const states = ['healthy', 'failing', 'silent'] as const;
  const all = states.flatMap((a) => states.flatMap((b) => states.map((w) => [a, b, w] as const)));
  it.each(all)('%s, %s, witness %s: goes only with two failing and the witness among them', (a, b, w) => {
    const seen = [
      [A, a],
      [B, b],
      [W, w],
    ] as const;
    const rows = seen.flatMap(([region, vote]) =>
      vote === 'silent' ? [] : [[region, vote, 90] as [string, typeof vote, number]],
    );
    const failing = seen.filter(([, vote]) => vote === 'failing').length;
    const { verdict } = decide(facts(votes(...rows)), policy);
    expect(verdict === 'go').toBe(failing >= 2 && w === 'failing');
    if (verdict === 'ask') expect(w).toBe('silent');
  });
});
