/**
 * Watches a simulated cloud from outside while a drill runs: who holds the authority after each change, and how each
 * serving region really is, once a second. It reads the services' own state and touches nothing.
 */

import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Configuration } from '../../../infra/config/index.ts';
import { COLOURS, LATCH_KEY, type Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import type { DynamoDbState } from '../../../simulator/services/dynamodb/state.ts';
import { type Item, itemToWire } from '../../../simulator/services/dynamodb/values.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';
import type { ElbState } from '../../../simulator/services/elbv2/state.ts';
import { clusterView } from '../../../simulator/services/rds/view.ts';
import { currentVersion, findBucket } from '../../../simulator/services/s3/state.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import type { SsmState } from '../../../simulator/services/ssm/state.ts';
import type { RegionSample, Sample } from './evidence.ts';
import { isLost } from './lost.ts';

/** The application's item after a change, as stored. */
export interface AuthorityVersion {
  readonly t: number;
  readonly item: Readonly<Record<string, unknown>>;
}

const SAMPLE_SECONDS = 1;
const WRITES: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

export class Monitor {
  readonly samples: Sample[] = [];
  readonly authority: AuthorityVersion[] = [];
  readonly #cloud: Cloud;
  readonly #configuration: Configuration;
  readonly #names: Names;
  readonly #onSample: ((sample: Sample) => void) | undefined;
  #lastItem = '';
  #lastRead: Readonly<Record<string, unknown>> | undefined;
  /** The last value read of each: most samples find what the one before found. */
  #stored: { readonly item: Item; readonly plain: Readonly<Record<string, unknown>> } | undefined;
  readonly #parsed = new Map<string, Readonly<Record<string, unknown>>>();

  constructor(cloud: Cloud, configuration: Configuration, names: Names, onSample?: (sample: Sample) => void) {
    this.#onSample = onSample;
    this.#cloud = cloud;
    this.#configuration = configuration;
    this.#names = names;
    // A change is seen the moment its call is noted, not only at the next sample.
    cloud.trace.onEntry(({ source, what }) => {
      if (source === 'dynamodb' && WRITES.has(what)) this.#readAuthority();
    });
  }

  /** Runs the clock, sampling as it goes, for `seconds` or until `done`. */
  async watch(seconds: number, done: () => boolean = () => false): Promise<void> {
    for (let passed = 0; passed < seconds && !done(); passed += SAMPLE_SECONDS) {
      await this.#cloud.advance(SAMPLE_SECONDS * 1000);
      this.look();
    }
  }

  /** Samples now. */
  look(): void {
    this.#readAuthority();
    const sample = this.sample();
    this.samples.push(sample);
    this.#onSample?.(sample);
  }

  /** Virtual time in milliseconds since the epoch. */
  get nowMs(): number {
    return this.#cloud.now;
  }

  sample(): Sample {
    const { serving } = this.#configuration.regions;
    return { t: this.#seconds(), regions: Object.fromEntries(serving.map((region) => [region, this.#region(region)])) };
  }

  /** The application's item now; undefined before it was seeded. */
  item(): Readonly<Record<string, unknown>> | undefined {
    const table = this.#names.authorityTable;
    for (const region of this.#cloud.state.regions) {
      const journal = this.#cloud.stateOf<DynamoDbState>(dynamoDb, region).journals[table];
      const stored = Object.values(journal?.items ?? {}).find((item) => isApplication(item, this.#names.prefix));
      if (stored) return this.#plain(stored);
    }
    return undefined;
  }

  /** DynamoDB stores a changed item as a new object, so the same one says the same. */
  #plain(item: Item): Readonly<Record<string, unknown>> {
    if (this.#stored?.item !== item) this.#stored = { item, plain: unmarshall(itemToWire(item)) };
    return this.#stored.plain;
  }

  #readAuthority(): void {
    const item = this.item();
    if (!item || item === this.#lastRead) return;
    this.#lastRead = item;
    const text = JSON.stringify(item);
    if (text === this.#lastItem) return;
    this.#lastItem = text;
    this.authority.push({ t: this.#seconds(), item });
  }

  #region(region: string): RegionSample {
    const view = clusterView(this.#cloud, region, this.#names.cluster(region));
    const database = this.#parameter(region, this.#names.databaseParameter);
    const bucket = findBucket(this.#cloud, this.#names.latchBucket(this.#cloud.state.account, region));
    return {
      lost: isLost(this.#cloud, region),
      healthyTargets: this.#healthyTargets(region),
      writable: view.writable,
      clusterStatus: view.status,
      databaseEpoch: numberOrNull(database?.epoch),
      consumersEpoch: numberOrNull(this.#parameter(region, this.#names.consumersParameter)?.epoch),
      deploymentsFrozen: booleanOrNull(this.#parameter(region, this.#names.deploymentsParameter)?.frozen),
      moved: bucket ? currentVersion(bucket, LATCH_KEY) !== undefined : null,
    };
  }

  #healthyTargets(region: string): number {
    const { targetGroups } = this.#cloud.stateOf<ElbState>(elbv2, region);
    const names = new Set(COLOURS.map(this.#names.group));
    return Object.values(targetGroups)
      .filter((group) => names.has(group.TargetGroupName))
      .flatMap((group) => Object.values(group.targets))
      .filter((target) => target.state === 'healthy').length;
  }

  #parameter(region: string, name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#cloud.stateOf<SsmState>(ssm, region).parameters[name]?.versions.at(-1)?.value;
    if (value === undefined) return undefined;
    const known = this.#parsed.get(value) ?? (JSON.parse(value) as Record<string, unknown>);
    this.#parsed.set(value, known);
    return known;
  }

  #seconds(): number {
    return (this.#cloud.now - this.#cloud.state.startedAt) / 1000;
  }
}

function isApplication({ pk }: Item, prefix: string): boolean {
  return pk !== undefined && 'S' in pk && pk.S === `application#${prefix}`;
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const booleanOrNull = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
