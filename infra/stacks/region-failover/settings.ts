/** MAINSTAY_CONFIG for the functions of region-failover, in the shape that functions/shared/config.ts reads. */
import type { ObserverConfig, ServingConfig } from '../../../functions/shared/config.ts';
import type { Configuration } from '../../config/index.ts';
import { type Colour, LATCH_KEY, type Names } from '../../names.ts';

export interface Place {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly account: string;
  readonly region: string;
}

/** What the region stack of the same region made. */
export interface RegionParts {
  /** The listener rule whose weights say which colour serves. */
  readonly forwardRuleArn: string;
  readonly targetGroupArns: Readonly<Record<Colour, string>>;
}

const RUNBOOK = 'docs/runbooks/region-failover.md';

export function observerSettings({ configuration, names, region }: Place): ObserverConfig {
  const { regions, domain, recovery, compute } = configuration;
  return {
    application: names.prefix,
    region,
    servingRegions: [...regions.serving],
    witnessRegion: regions.witness,
    domain,
    authorityTable: names.authorityTable,
    policy: { ...recovery, capacityMin: compute.min },
  };
}

export function servingSettings(place: Place, parts: RegionParts, topicArn: string): ServingConfig {
  const { configuration, names, account, region } = place;
  const { serving, witness } = configuration.regions;
  const colour = (name: Colour) => ({ group: names.group(name), targetGroupArn: parts.targetGroupArns[name] });
  return {
    ...observerSettings(place),
    failoverTable: names.failoverTable,
    latchBuckets: Object.fromEntries([...serving, witness].map((place) => [place, names.latchBucket(account, place)])),
    latchKey: LATCH_KEY,
    forwardRuleArn: parts.forwardRuleArn,
    compute: computeOf(configuration, names),
    colours: { blue: colour('blue'), green: colour('green') },
    globalClusterId: names.globalCluster,
    clusterId: names.cluster(region),
    clusterArn: clusterArn(place),
    parameters: {
      database: names.databaseParameter,
      consumers: names.consumersParameter,
      deployments: names.deploymentsParameter,
    },
    topicArn,
    runbookUrl: RUNBOOK,
  };
}

/** What runs the colours, for the functions that look at them. */
export const computeOf = ({ compute: { kind } }: Configuration, names: Names): ServingConfig['compute'] => ({
  kind,
  cluster: kind === 'fargate' ? names.prefix : null,
});

export const clusterArn = ({ account, names, region }: Place): string =>
  `arn:aws:rds:${region}:${account}:cluster:${names.cluster(region)}`;
