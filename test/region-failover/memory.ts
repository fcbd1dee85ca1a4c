/**
 * The ports of functions/shared/ports.ts in memory, with AWS's conditions, for handler tests. Every change is counted,
 * and any of them can be made to happen and lose its answer.
 */
import type { Clock } from '../../functions/shared/clock.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import type { Policy, StartingConfig } from '../../functions/shared/config.ts';
import { ClaimConflict, DependencyNotReady } from '../../functions/shared/errors.ts';
import type {
  Answer,
  ApplicationItem,
  CapacityView,
  ClusterView,
  Loss,
  Move,
  Observation,
  Proof,
  RecordedEnd,
  Settings,
  SettingValues,
  WebAnswer,
} from '../../functions/shared/ports.ts';
import { prod } from '../../infra/config/prod.ts';

export const A = 'us-west-2';
export const B = 'us-east-2';
export const W = 'us-east-1';
export const START = Date.parse('2026-11-20T03:00:00.000Z');
export const EXECUTION = `arn:aws:states:${B}:111111111111:execution:orders-prod-region-failover:one`;
export const CLUSTER = (region: string) => `arn:aws:rds:${region}:111111111111:cluster:orders-prod-${region}`;

export const policy: Policy = { ...prod.recovery, capacityMin: prod.compute.min };

export const configOf = (region: string): StartingConfig => ({
  application: 'orders-prod',
  region,
  servingRegions: [A, B],
  witnessRegion: W,
  domain: 'orders.example.com',
  authorityTable: 'orders-prod-authority',
  policy,
  failoverTable: 'orders-prod-failover',
  latchBuckets: { [A]: 'latch-a', [B]: 'latch-b', [W]: 'latch-w' },
  latchKey: 'moved',
  compute: { kind: 'ec2', cluster: null },
  forwardRuleArn: 'arn:aws:elasticloadbalancing:rule',
  colours: {
    blue: { group: 'orders-prod-blue', targetGroupArn: 'blue' },
    green: { group: 'orders-prod-green', targetGroupArn: 'green' },
  },
  globalClusterId: 'orders-prod',
  clusterId: `orders-prod-${region}`,
  clusterArn: CLUSTER(region),
  parameters: { database: '/database', consumers: '/consumers', deployments: '/deployments' },
  topicArn: 'arn:aws:sns:topic',
  runbookUrl: 'docs/runbooks/region-failover.md',
  stateMachineArn: `arn:aws:states:${region}:111111111111:stateMachine:orders-prod-region-failover`,
});

/** Everything that can change, as plain data. */
export interface WorldState {
  now: number;
  item: ApplicationItem;
  observations: Observation[];
  settings: { [K in keyof SettingValues]: SettingValues[K] | null };
  latch: Record<string, boolean>;
  database: ClusterView;
  capacity: CapacityView;
  records: Record<string, unknown>;
  loss: Record<number, Loss>;
  proof: Record<number, Proof>;
  decline: { at: string; by: string } | null;
  questions: Record<string, { token: string; answer?: Answer }>;
  executions: Record<string, { status: string; input: unknown; stoppedAt: number | null }>;
  answered: { token: string; output: unknown }[];
  told: { subject: string; message: string }[];
  witnessAt: string | null;
}

const atStart = (): WorldState => ({
  now: START,
  item: {
    epoch: 1,
    holder: A,
    counter: 40,
    phase: 'active',
    automation: 'on',
    acked: { at: isoOf(START - 100_000), sequence: 50 },
    renewedAt: isoOf(START - 99_000),
    movedAt: null,
    claim: null,
  },
  observations: [],
  settings: {
    database: { epoch: 1, endpoint: 'writer.b', reader: 'reader.b' },
    consumers: { epoch: 1, enabled: false },
    deployments: { epoch: 1, frozen: false, by: null },
  },
  latch: { [A]: false, [B]: false, [W]: false },
  database: {
    role: 'reader',
    status: 'available',
    engineVersion: '5.0.0',
    globalEngineVersion: '5.0.0',
    instancesAvailable: 1,
    endpoint: 'writer.b',
    reader: 'reader.b',
    moving: null,
  },
  capacity: { colour: 'blue', desired: 2, min: 2, max: 10, inService: 2, healthyTargets: 2 },
  records: {},
  loss: {},
  proof: {},
  decline: null,
  questions: {},
  executions: {},
  answered: [],
  told: [],
  witnessAt: null,
});

/** A region seen failing for two minutes by the target and the witness, as the observers would write it. */
export const outage = (now: number, failing = A, observers = [B, W]): Observation[] =>
  observers.map((region) => {
    const slot = Math.floor(now / 10_000) * 10;
    const vote = (state: 'healthy' | 'failing') => ({ state, since: slot - 120, slot, detail: 'no answer' });
    const healthy = failing === A ? B : A;
    return {
      region,
      slot,
      targets: { [failing]: vote('failing'), [healthy]: vote('healthy') },
      counter: { value: 40, seenAt: isoOf(now - 115_000) },
      self: region === W ? null : { capacity: 2, at: isoOf(now) },
    };
  });

export class World {
  state: WorldState;
  readonly region: string;
  /** Names of changes made, in order. */
  readonly changes: string[] = [];
  /** The next change of this name happens, and its answer is lost. */
  losing: string | null = null;
  /** Answers the application's HTTP; null is no answer. */
  http: (method: string, url: string) => WebAnswer | null;

  constructor(change: Partial<WorldState> = {}, region = B) {
    this.state = { ...atStart(), ...change };
    this.region = region;
    this.http = (method, url) => this.#application(method, url);
  }

  get clock(): Clock {
    return {
      now: () => this.state.now,
      sleep: async (ms) => {
        this.state.now += ms;
      },
      within: (_ms, work) => work(new AbortController().signal),
    };
  }

  get ports() {
    return {
      config: configOf(this.region),
      clock: this.clock,
      log: { info: () => {}, warn: () => {} },
      authority: this.#authority,
      observations: this.#observations,
      moves: this.#moves,
      settings: this.#settings,
      latch: {
        isMoved: async (region: string) => this.state.latch[region] ?? false,
        set: (region: string, moved: boolean) =>
          this.#change('latch.set', () => {
            this.state.latch[region] = moved;
          }),
      },
      witness: { stamp: async () => this.state.witnessAt },
      database: {
        clusterArn: CLUSTER(this.region),
        describe: async () => structuredClone(this.state.database),
        failOver: () =>
          this.#change('database.failOver', () => {
            this.state.database = {
              ...this.state.database,
              moving: { to: CLUSTER(this.region), status: 'failing-over' },
            };
          }),
      },
      capacity: {
        read: async () => ({ ...this.state.capacity }),
        raiseTo: (_colour: string, size: number) =>
          this.#change('capacity.raiseTo', () => {
            this.state.capacity = { ...this.state.capacity, desired: size, min: size };
          }),
      },
      records: this.#records,
      questions: this.#questions,
      executions: this.#executions,
      waiters: {
        answer: async (token: string, output: unknown) => {
          this.state.answered.push({ token, output });
          return true;
        },
      },
      pager: {
        tell: (subject: string, message: string) =>
          this.#change('pager.tell', () => void this.state.told.push({ subject, message })),
      },
      web: {
        send: async ({ method, url }: { method: string; url: string }) => this.http(method, url),
      },
    };
  }

  /** The database finishes its failover. */
  promoted(): void {
    this.state.database = { ...this.state.database, role: 'writer', moving: null };
  }

  async #change(name: string, make: () => void): Promise<void> {
    make();
    this.changes.push(name);
    if (this.losing === name) {
      this.losing = null;
      throw new DependencyNotReady(`${name}: the answer was lost`);
    }
  }

  readonly #authority = {
    read: async () => structuredClone(this.state.item),
    observations: async () => structuredClone(this.state.observations),
    last: async (region: string) => this.state.observations.find((one) => one.region === region) ?? null,
  };

  readonly #observations = {
    last: this.#authority.last,
    write: async (next: Observation) => {
      const rest = this.state.observations.filter(({ region }) => region !== next.region);
      const before = this.state.observations.find(({ region }) => region === next.region);
      if (before && before.slot >= next.slot) return false;
      this.state.observations = [...rest, next];
      return true;
    },
  };

  #when(name: string, holds: (item: ApplicationItem) => boolean, change: Partial<ApplicationItem>): Promise<void> {
    if (!holds(this.state.item)) return Promise.reject(new ClaimConflict(`${name}: refused`));
    return this.#change(name, () => {
      this.state.item = { ...this.state.item, ...change };
    });
  }

  readonly #moves = {
    take: (claim: NonNullable<ApplicationItem['claim']>, epoch: number) =>
      this.#when(
        'moves.take',
        (item) => item.phase === 'active' && !item.claim && item.epoch === epoch && item.holder === claim.from,
        { phase: 'fencing', claim },
      ),
    takeOver: (from: string, to: string) =>
      this.#when('moves.takeOver', (item) => item.claim?.executionArn === from && item.phase !== 'fencing', {
        claim: this.state.item.claim && { ...this.state.item.claim, executionArn: to },
      }),
    restore: (executionArn: string) =>
      this.#when('moves.restore', (item) => item.claim?.executionArn === executionArn && item.phase === 'fencing', {
        phase: 'active',
        claim: null,
      }),
    advance: (move: Move) =>
      this.#when(
        'moves.advance',
        (item) => this.#mine(item, move) && item.phase === 'fencing' && item.epoch === move.epoch - 1,
        {
          phase: 'promoting',
          epoch: move.epoch,
          holder: move.target,
        },
      ),
    open: (move: Move) =>
      this.#when('moves.open', (item) => this.#mine(item, move) && item.phase === 'promoting', { phase: 'active' }),
    shift: (move: Move, shiftedAt: string) =>
      this.#when('moves.shift', (item) => this.#mine(item, move) && item.phase === 'active', {
        claim: this.state.item.claim && { ...this.state.item.claim, shiftedAt },
      }),
    finish: (move: Move, movedAt: string) =>
      this.#when('moves.finish', (item) => this.#mine(item, move) && item.phase === 'active', { claim: null, movedAt }),
  };

  #mine = (item: ApplicationItem, move: Move): boolean => item.claim?.executionArn === move.executionArn;

  readonly #settings: Settings = {
    read: async (name) => structuredClone(this.state.settings[name]),
    write: (name, value) =>
      this.#change(`settings.${name}`, () => {
        this.state.settings[name] = value;
      }),
    seed: async (name, value) => {
      this.state.settings[name] ??= value;
    },
  };

  readonly #records = {
    put: (name: string, record: unknown) =>
      this.#change('records.put', () => {
        this.state.records[name] = structuredClone(record);
      }),
    endOf: async (name: string) => (this.state.records[name] as RecordedEnd | undefined) ?? null,
    noteDecline: (at: string, by: string) =>
      this.#change('records.noteDecline', () => {
        this.state.decline = { at, by };
      }),
    lastDecline: async () => this.state.decline,
    noteLoss: (epoch: number, loss: Loss) =>
      this.#change('records.noteLoss', () => {
        this.state.loss[epoch] ??= loss;
      }),
    lossOf: async (epoch: number) => this.state.loss[epoch] ?? null,
    noteProof: async (epoch: number, proof: Proof) => {
      await this.#change('records.noteProof', () => {
        this.state.proof[epoch] ??= proof;
      });
      return this.state.proof[epoch] ?? proof;
    },
  };

  readonly #questions = {
    open: ({ id, token }: { id: string; token: string }) =>
      this.#change('questions.open', () => {
        this.state.questions[id] = { token };
      }),
    close: async (id: string, answer: Answer) => {
      const question = this.state.questions[id];
      if (!question) return null;
      question.answer ??= answer;
      return { token: question.token, answer: question.answer };
    },
  };

  readonly #executions = {
    start: async (name: string, input: unknown): Promise<'started' | 'known'> => {
      if (this.state.executions[name]) return 'known';
      this.state.executions[name] = { status: 'RUNNING', input, stoppedAt: null };
      return 'started';
    },
    running: async () =>
      Object.keys(this.state.executions).filter((name) => this.state.executions[name]?.status === 'RUNNING'),
    describe: async (arn: string) => this.state.executions[arn.split(':').at(-1) ?? ''] ?? null,
  };

  /** The application of this region: ready, one heartbeat behind, and keeping writes once it may. */
  #application(method: string, url: string): WebAnswer | null {
    const { item, settings } = this.state;
    const headers = { 'x-region': this.region, 'x-epoch': String(item.epoch) };
    if (url.endsWith('/ready')) {
      const newestHeartbeat = { at: isoOf(START - 102_000), sequence: 49 };
      const body = { status: 'healthy', database: { reachable: true, newestHeartbeat } };
      return url.includes(`//${this.region}.`) ? { status: 200, headers, body: JSON.stringify(body) } : null;
    }
    const admitted = item.holder === this.region && item.phase === 'active' && settings.database?.epoch === item.epoch;
    if (!admitted) return { status: 503, headers, body: '' };
    return { status: method === 'POST' ? 201 : method === 'GET' ? 200 : 204, headers, body: '' };
  }
}
