/**
 * Watches one region of a simulated cloud from outside while a release is made: the forward rule after each change and
 * what each node of the load balancer goes by, both colours as they really are once a second, Mainstay's item about the
 * service after each write. It reads the services' own state and touches nothing.
 */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Configuration } from '../../../infra/config/index.ts';
import type { Colour, Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { faultsIn, isInForce } from '../../../simulator/faults/book.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import type { CloudWatchState } from '../../../simulator/services/cloudwatch/state.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import type { DynamoDbState } from '../../../simulator/services/dynamodb/state.ts';
import { type Item, itemToWire } from '../../../simulator/services/dynamodb/values.ts';
import { ecrStateIn } from '../../../simulator/services/ecr/state.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import type { SsmState } from '../../../simulator/services/ssm/state.ts';
import { roleName, rolesOf } from '../../drill/roles.ts';
import { PlainNames } from '../../plain-names.ts';
import { type ColourSample, type RuleVersion, SAMPLE_SECONDS, type Sample } from './evidence.ts';
import { machinesOf } from './machines.ts';
import { elbStateIn, forwardRuleOf, nodesOf, shareOfColour, weightsIn } from './nodes.ts';

/** Mainstay's item about the service after a change, as stored. */
export interface ItemVersion {
  readonly t: number;
  readonly item: Readonly<Record<string, unknown>>;
}

const isState = (value: object | undefined): boolean => value !== undefined && 'S' in value && value.S === 'state';
const WRITES: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems']);

export interface Watched {
  readonly cloud: Cloud;
  readonly configuration: Configuration;
  readonly names: Names;
  readonly region: string;
}

export class Monitor {
  readonly samples: Sample[] = [];
  readonly rules: RuleVersion[] = [];
  readonly items: ItemVersion[] = [];
  readonly #watched: Watched;
  readonly #onSample: ((sample: Sample) => void) | undefined;
  readonly #plain: PlainNames;
  /** Names of the capability's roles. */
  readonly roles: ReadonlySet<string>;
  /** Under which the table keeps the item; it is asked for each second, among all entries of the record. */
  #itemKey: string | undefined;
  #lastStored: Item | undefined;
  #lastItem = '';
  #lastRule = '';

  constructor(watched: Watched, onSample?: (sample: Sample) => void) {
    const { cloud, region } = watched;
    this.#watched = watched;
    this.#onSample = onSample;
    this.#plain = PlainNames.of(cloud);
    this.roles = rolesOf(cloud, 'blue-green');
    this.#readRule(null);
    this.#readItem();
    // A change is seen the moment its call is noted, not only at the next sample.
    cloud.trace.onEntry(({ source, what, region: where, detail }) => {
      if (where !== region) return;
      const { input } = (detail ?? {}) as { input?: { TableName?: string } };
      const others = input?.TableName !== undefined && !input.TableName.endsWith(watched.names.releasesTable);
      if (source === 'dynamodb' && WRITES.has(what) && !others) this.#readItem();
      if (source === 'elasticloadbalancing') this.#readRule(String((detail as { by?: string })?.by ?? ''));
    });
  }

  /** Runs the clock, sampling as it goes, for `seconds` or until `done`. */
  async watch(seconds: number, done: () => boolean = () => false): Promise<void> {
    for (let passed = 0; passed < seconds && !done(); passed += SAMPLE_SECONDS) {
      await this.#watched.cloud.advance(SAMPLE_SECONDS * 1000);
      this.look();
    }
  }

  /** Samples now. */
  look(): void {
    this.#readItem();
    this.#readRule(null);
    const sample = this.sample();
    this.samples.push(sample);
    this.#onSample?.(sample);
  }

  /** Mainstay's item now; undefined before there is one. */
  item(): Readonly<Record<string, unknown>> | undefined {
    this.#readItem();
    return this.items.at(-1)?.item;
  }

  #stored(): Item | undefined {
    const { cloud, region, names } = this.#watched;
    const items = cloud.stateOf<DynamoDbState>(dynamoDb, region).tables[names.releasesTable]?.items ?? {};
    this.#itemKey ??= Object.keys(items).find((key) => isState(items[key]?.sk));
    return this.#itemKey === undefined ? undefined : items[this.#itemKey];
  }

  sample(): Sample {
    const { cloud, region, names, configuration } = this.#watched;
    const { alarms } = cloud.stateOf<CloudWatchState>(cloudWatch, region);
    // Those that the policy names; one that does not exist knows nothing.
    const inState = (value: string) =>
      configuration.release.alarms.filter((name) => (alarms[name]?.state.value ?? 'INSUFFICIENT_DATA') === value);
    const deployments = this.#parameter(names.deploymentsParameter);
    return {
      t: this.#seconds(),
      colours: this.#colours(),
      alarms: inState('ALARM'),
      unknownAlarms: inState('INSUFFICIENT_DATA'),
      frozen: deployments !== undefined && (JSON.parse(deployments) as { frozen?: boolean }).frozen === true,
      images: Object.keys(ecrStateIn(cloud, region)?.repositories[names.repository]?.images ?? {}),
      metricsBroken: faultsIn(cloud).some(
        (fault) =>
          isInForce(fault, cloud.now) &&
          'service' in fault &&
          fault.service === 'cloudwatch' &&
          (fault.kind === 'error' || fault.kind === 'endpoint') &&
          !('probability' in fault && (fault.probability ?? 1) < 1),
      ),
    };
  }

  #colours(): Sample['colours'] {
    const { cloud, region, names } = this.#watched;
    const nodes = nodesOf(cloud, region).map((rule) => weightsIn(cloud, region, names, rule));
    const rule = forwardRuleOf(cloud, region);
    const weights = rule && weightsIn(cloud, region, names, rule);
    const of = (colour: Colour): ColourSample => {
      const shares = nodes.map((node) => shareOfColour(node, colour));
      return {
        weight: weights?.[colour] ?? 0,
        shareMax: Math.max(0, ...shares),
        shareMin: shares.length === 0 ? 0 : Math.min(...shares),
        ...machinesOf(this.#watched, colour),
      };
    };
    return { blue: of('blue'), green: of('green') };
  }

  #readItem(): void {
    const stored = this.#stored();
    // Each write puts another one in its place.
    if (!stored || stored === this.#lastStored) return;
    this.#lastStored = stored;
    const item = unmarshall(itemToWire(stored));
    const text = JSON.stringify(item);
    if (text === this.#lastItem) return;
    this.#lastItem = text;
    this.items.push({ t: this.#seconds(), item });
  }

  /** `by` is who made the call that was just noted. */
  #readRule(by: string | null): void {
    const { cloud, region, names } = this.#watched;
    const rule = forwardRuleOf(cloud, region);
    if (!rule) return;
    const weights = weightsIn(cloud, region, names, rule);
    const sticky = rule.Actions?.at(-1)?.ForwardConfig?.TargetGroupStickinessConfig;
    const stickySeconds = sticky?.Enabled ? (sticky.DurationSeconds ?? 0) : 0;
    const text = JSON.stringify([weights, stickySeconds]);
    if (text === this.#lastRule) return;
    this.#lastRule = text;
    const own = by !== null && this.roles.has(roleName(by));
    this.rules.push({
      t: this.#seconds(),
      weights: { blue: weights.blue, green: weights.green },
      stickySeconds,
      by: own ? this.#plain.actor(by) : null,
      everywhereAt: this.#everywhereAt(rule.listenerArn),
    });
  }

  /** When the last node goes by the rule as it is now. */
  #everywhereAt(listenerArn: string): number {
    const { cloud, region } = this.#watched;
    const former = elbStateIn(cloud, region).former?.[listenerArn] ?? [];
    const last = Math.max(cloud.now, ...former.flatMap(({ until }) => until));
    return (last - cloud.state.startedAt) / 1000;
  }

  #parameter(name: string): string | undefined {
    const { cloud, region } = this.#watched;
    return cloud.stateOf<SsmState>(ssm, region).parameters[name]?.versions.at(-1)?.value;
  }

  #seconds(): number {
    const { cloud } = this.#watched;
    return (cloud.now - cloud.state.startedAt) / 1000;
  }
}
