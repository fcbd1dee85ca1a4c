/**
 * The ports of functions/shared/release-ports.ts in memory, with the table's conditions, for handler tests. The load
 * balancer really spreads by its weights. Every change is counted, and any of them can happen and lose its answer.
 */
import { chained } from '../../functions/shared/chain.ts';
import { type Clock, isoOf } from '../../functions/shared/clock.ts';
import type { ReleaseConfig } from '../../functions/shared/config.ts';
import { DependencyNotReady, LeaseConflict } from '../../functions/shared/errors.ts';
import type { SettingValues, WebAnswer } from '../../functions/shared/ports.ts';
import {
  type AlarmView,
  type BalancerMinute,
  type Bounds,
  type Candidate,
  type Colour,
  type ColourView,
  type Entry,
  type ImageView,
  type Lease,
  type MigrationOrder,
  type Minute,
  type NewEntry,
  orderOf,
  type Release,
  type ReleaseState,
  type Retained,
  type ScanView,
  type Served,
  type SignatureView,
  type SigningView,
  type Steering,
  type Weights,
} from '../../functions/shared/release-ports.ts';
import { checkConfiguration } from '../../infra/config/index.ts';
import { prod } from '../../infra/config/prod.ts';
import { namesOf } from '../../infra/names.ts';
import { releaseSettings } from '../../infra/stacks/blue-green/settings.ts';
import { artifactOf, PROFILE, signatureOf, trust } from './signed.ts';

export const REGION = 'us-west-2';
export const START = Date.parse('2026-11-20T09:00:00.000Z');
export const OLD = `sha256:${'a'.repeat(64)}`;
export const NEW = `sha256:${'b'.repeat(64)}`;
export const EXECUTION = `arn:aws:states:${REGION}:111111111111:execution:orders-prod-blue-green:one`;
export const release: Release = { releaseId: 'push-1', executionArn: EXECUTION, fence: 1 };

const configuration = checkConfiguration(prod);

const settings: ReleaseConfig = releaseSettings(
  { configuration, names: namesOf(configuration), account: '111111111111', region: REGION },
  {
    forwardRuleArn: 'rule',
    signingProfileArn: PROFILE,
    loadBalancerArn: 'arn:loadbalancer/app/x/1',
    targetGroupArns: { blue: 'b', green: 'g' },
    loadBalancerFullName: 'app/x/1',
    targetGroupFullNames: { blue: 'b', green: 'g' },
  },
  'topic',
);

export const config: ReleaseConfig = {
  ...settings,
  policy: { ...settings.policy, signingRoots: [...trust.signingRoots] },
};

export const candidate: Candidate = {
  id: 'push-1',
  kind: 'push',
  digest: NEW,
  tag: '1.1.0',
  by: 'ECR',
  reason: '1.1.0 was pushed',
  requestedAt: isoOf(START),
  ready: false,
};

/** Everything that can change, as plain data. */
export interface WorldState {
  now: number;
  releases: ReleaseState;
  quarantine: Record<string, { releaseId: string; reason: string }>;
  entries: Entry[];
  exported: number;
  archived: Entry[];
  weights: Weights | null;
  colours: Record<Colour, ColourView>;
  digests: Record<Colour, string | null>;
  /** What the machines of a colour answer with; by default what they were started with. */
  running: Record<Colour, string | null>;
  images: Record<string, ImageView>;
  scans: Record<string, ScanView>;
  signing: Record<string, SigningView[]>;
  signatures: Record<string, SignatureView[]>;
  /** What Signer says was revoked. */
  revoked: string[];
  newest: { digest: string; tag: string; pushedAt: string } | null;
  minutes: Record<Colour, Minute[]> & { balancer: BalancerMinute[] };
  alarms: AlarmView[];
  deployments: SettingValues['deployments'] | null;
  holder: string;
  executions: Record<string, { status: string; input: unknown; stoppedAt: number | null }>;
  told: { subject: string; message: string }[];
  migrated: string[];
}

export const view = (machines: number, pinned = false): ColourView => ({
  desired: machines,
  min: machines,
  max: 10,
  machines,
  inService: machines,
  healthyTargets: machines,
  registeredTargets: machines,
  pinned,
});

const image = (digest: string): ImageView => ({ digest, kind: 'image', tags: ['1.1.0'], platforms: {}, labels: {} });

const atStart = (): WorldState => ({
  now: START,
  releases: {
    fence: 0,
    lease: null,
    live: null,
    retained: null,
    candidate: null,
    newest: null,
    steering: null,
    pins: {},
    schema: null,
    drift: null,
  },
  quarantine: {},
  entries: [],
  exported: 0,
  archived: [],
  weights: { blue: 100, green: 0, stickySeconds: 0 },
  colours: { blue: view(3), green: view(0) },
  digests: { blue: OLD, green: OLD },
  running: { blue: OLD, green: null },
  images: { [NEW]: image(NEW), [OLD]: image(OLD) },
  scans: { [NEW]: { status: 'COMPLETE', findings: { MEDIUM: 3 } } },
  signing: { [NEW]: [{ status: 'COMPLETE', profileArn: PROFILE }] },
  signatures: { [NEW]: [signatureOf(NEW)] },
  revoked: [],
  newest: null,
  minutes: { blue: [], green: [], balancer: [] },
  alarms: [],
  deployments: { epoch: 1, frozen: false, by: null },
  holder: REGION,
  executions: {},
  told: [],
  migrated: [],
});

export class World {
  state: WorldState;
  /** Names of changes made, in order. */
  readonly changes: string[] = [];
  /** The next change of this name happens, and its answer is lost. */
  losing: string | null = null;
  readonly measured: [name: string, value: number][] = [];
  /** Ports that do not answer. */
  readonly silent = new Set<string>();
  config: ReleaseConfig = config;
  #requests = 0;

  constructor(change: Partial<WorldState> = {}) {
    this.state = { ...atStart(), ...change };
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
    const { state } = this;
    return {
      config: this.config,
      clock: this.clock,
      log: { info: () => {}, warn: () => {} },
      releases: this.#releases,
      weights: {
        read: () => this.#read('weights', () => state.weights),
        write: (weights: Weights) =>
          this.#change('weights.write', () => {
            state.weights = weights;
          }),
      },
      compute: this.#compute,
      images: {
        find: (reference: string) => this.#read('images', () => state.images[reference] ?? null),
        newest: () => this.#read('images', () => state.newest),
        scan: (digest: string) => this.#read('scan', () => state.scans[digest] ?? { status: 'NONE', findings: {} }),
        signing: (digest: string) => this.#read('signing', () => state.signing[digest] ?? []),
        signatures: (digest: string) =>
          this.#read('signatures', () => {
            const signatures = state.signatures[digest];
            return signatures ? { artifact: artifactOf(digest), signatures } : null;
          }),
      },
      revocations: { revoked: () => this.#read('revocations', () => state.revoked) },
      metrics: {
        minutes: (from: string, to: string) =>
          this.#read('metrics', () => {
            const within = <M extends BalancerMinute | Minute>(all: M[]) =>
              all.filter(({ at }) => at >= from && at < to);
            const { blue, green, balancer } = state.minutes;
            return { blue: within(blue), green: within(green), balancer: within(balancer) };
          }),
        alarms: (names: readonly string[]) =>
          this.#read('alarms', () => state.alarms.filter(({ name }) => names.includes(name))),
      },
      settings: { read: async () => this.#read('settings', () => state.deployments as never) },
      authority: { read: async () => this.#read('authority', () => ({ holder: state.holder }) as never) },
      executions: this.#executions,
      machine: this.#executions,
      cleanUps: this.#executions,
      chronicle: {
        append: (entry: NewEntry) =>
          this.#change(`note ${entry.kind}`, () => {
            if (state.entries.some(({ id }) => id === entry.id)) return;
            state.entries.push(chained(JSON.parse(JSON.stringify(entry)), state.entries.at(-1) ?? null));
          }),
        last: async (limit: number) => state.entries.toReversed().slice(0, limit),
        after: async (sequence: number, limit: number) =>
          state.entries.filter((entry) => entry.sequence > sequence).slice(0, limit),
        exported: async () => state.exported,
        markExported: async (sequence: number) => {
          state.exported = sequence;
        },
      },
      archive: { put: async (entry: Entry) => void state.archived.push(entry) },
      meter: { put: (name: string, value: number) => void this.measured.push([name, value]) },
      pager: {
        tell: (subject: string, message: string) =>
          this.#change('pager.tell', () => void state.told.push({ subject, message })),
      },
      migration: {
        run: ({ phase, schema }: MigrationOrder) =>
          this.#change('migration', () => void state.migrated.push(schema === null ? phase : `${phase} to ${schema}`)),
      },
      web: {
        send: async ({ headers }: { headers?: Readonly<Record<string, string>> }) => this.#answer(headers),
      },
    };
  }

  kinds(): string[] {
    return this.state.entries.map(({ kind }) => kind);
  }

  async #read<T>(name: string, value: () => T): Promise<T> {
    if (this.silent.has(name)) throw new DependencyNotReady(`${name} does not answer`);
    return structuredClone(value());
  }

  async #change(name: string, make: () => void): Promise<void> {
    if (this.silent.has(name.split(/[. ]/)[0] ?? '')) throw new DependencyNotReady(`${name} does not answer`);
    make();
    this.changes.push(name);
    if (this.losing === name) {
      this.losing = null;
      throw new DependencyNotReady(`${name}: the answer was lost`);
    }
  }

  /** In turn, in proportion to the weights; a colour without machines answers 503. */
  #answer(headers: Readonly<Record<string, string>> = {}): WebAnswer {
    const { weights, colours, running } = this.state;
    this.#requests = (this.#requests + 37) % 100;
    const asked = headers['x-mainstay-colour'] as Colour | undefined;
    const colour = asked ?? (this.#requests < (weights?.blue ?? 0) ? 'blue' : 'green');
    if (colours[colour].registeredTargets === 0) return { status: 503, headers: {}, body: '' };
    return { status: 200, headers: { 'x-release-digest': running[colour] ?? '' }, body: '{"status":"healthy"}' };
  }

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

  #set(colour: Colour, change: Partial<ColourView>): void {
    this.state.colours[colour] = { ...this.state.colours[colour], ...change };
  }

  readonly #compute = {
    describe: (colour: Colour) => this.#read('compute', () => this.state.colours[colour]),
    declared: (colour: Colour) => this.#read('compute', () => this.state.digests[colour]),
    prepare: (colour: Colour, digest: string) =>
      this.#change(`prepare ${colour}`, () => {
        this.state.digests[colour] = digest;
      }),
    sizeTo: (colour: Colour, size: number) =>
      this.#change(`size ${colour} ${size}`, () => {
        const before = this.state.colours[colour];
        this.#set(colour, { ...view(size, before.pinned), max: Math.max(before.max, size) });
        if (before.machines === 0) this.state.running[colour] = this.state.digests[colour];
      }),
    pin: (colour: Colour) => this.#change(`pin ${colour}`, () => this.#set(colour, { pinned: true })),
    unpin: (colour: Colour, { min, max }: Bounds) =>
      this.#change(`unpin ${colour}`, () => this.#set(colour, { pinned: false, min, max })),
  };

  #when(name: string, holds: (state: ReleaseState) => boolean, change: Partial<ReleaseState>): Promise<void> {
    if (!holds(this.state.releases)) return Promise.reject(new LeaseConflict(`${name}: refused`));
    return this.#change(name, () => {
      this.state.releases = { ...this.state.releases, ...change };
    });
  }

  async #ask(name: string, holds: (state: ReleaseState) => boolean, change: Partial<ReleaseState>): Promise<boolean> {
    if (!holds(this.state.releases)) return false;
    await this.#when(name, holds, change);
    return true;
  }

  readonly #mine =
    ({ executionArn, fence }: Release) =>
    ({ lease }: ReleaseState): boolean =>
      lease?.executionArn === executionArn && lease.fence === fence;

  readonly #releases = {
    read: () => this.#read('releases', () => this.state.releases),
    propose: (wanted: Candidate) =>
      this.#ask('propose', ({ newest }) => newest === null || newest < orderOf(wanted), {
        candidate: wanted,
        newest: orderOf(wanted),
      }),
    ready: async (id: string) => {
      const before = this.state.releases.candidate;
      if (before) await this.#ask('ready', () => before.id === id, { candidate: { ...before, ready: true } });
    },
    drop: async (id: string) => {
      await this.#ask('drop', (state) => state.candidate?.id === id, { candidate: null });
    },
    take: (lease: Omit<Lease, 'fence'>, before: number) =>
      this.#when('take', (state) => state.lease === null && state.fence === before, {
        lease: { ...lease, fence: before + 1 },
        fence: before + 1,
        steering: null,
      }),
    giveUp: (of: Release) => this.#when('giveUp', this.#mine(of), { lease: null, steering: null }),
    notePin: (of: Release, colour: Colour, bounds: Bounds) => {
      const { pins } = this.state.releases;
      return this.#when('notePin', this.#mine(of), { pins: { ...pins, [colour]: pins[colour] ?? bounds } });
    },
    forgetPin: async (colour: Colour) => {
      const { [colour]: _gone, ...pins } = this.state.releases.pins;
      await this.#when('forgetPin', () => true, { pins });
    },
    noteSchema: (of: Release, schema: number) => this.#when('noteSchema', this.#mine(of), { schema }),
    adopt: (of: Release, live: Served) =>
      this.#when('adopt', this.#mine(of), { live: this.state.releases.live ?? live }),
    commit: (of: Release, live: Served, retained: Retained | null) =>
      this.#when('commit', this.#mine(of), { live, retained }),
    endRetention: async (releaseId: string) => {
      await this.#ask('endRetention', ({ retained }) => retained?.releaseId === releaseId, { retained: null });
    },
    noteUnready: async (releaseId: string, unreadySince: string | null) => {
      const { retained } = this.state.releases;
      if (retained?.releaseId === releaseId) {
        await this.#when('noteUnready', () => true, { retained: { ...retained, unreadySince } });
      }
    },
    noteDrift: (drift: string | null) => this.#when('noteDrift', () => true, { drift }),
    steer: (steering: Steering, releaseId: string) =>
      this.#ask('steer', (s) => s.lease?.releaseId === releaseId && s.steering?.decision !== 'roll-back', { steering }),
    quarantine: (digest: string, why: { releaseId: string; reason: string }) =>
      this.#change('quarantine', () => {
        this.state.quarantine[digest] = why;
      }),
    quarantined: (digest: string) => this.#read('releases', () => this.state.quarantine[digest] ?? null),
  };
}
