/** MAINSTAY_CONFIG for the functions of blue-green, in the shape that functions/shared/config.ts reads. */
import type { ReleaseConfig } from '../../../functions/shared/config.ts';
import type { Colour } from '../../names.ts';
import { computeOf, type Place } from '../region-failover/settings.ts';

/** What the region stack of the same region made. */
export interface ReleaseParts {
  /** The listener rule whose weights say which colour serves. */
  readonly forwardRuleArn: string;
  readonly loadBalancerArn: string;
  /** Signs what is pushed to this region's repository. */
  readonly signingProfileArn: string;
  readonly targetGroupArns: Readonly<Record<Colour, string>>;
  /** As metrics name them. */
  readonly loadBalancerFullName: string;
  readonly targetGroupFullNames: Readonly<Record<Colour, string>>;
}

export const RUNBOOK = 'docs/runbooks/blue-green.md';

/** Of the machine image in infra/stacks/core/colour-group.ts and of the tasks in colour-service.ts. */
const PLATFORM = 'linux/arm64';

export function releaseSettings(place: Place, parts: ReleaseParts, topicArn: string): ReleaseConfig {
  const { configuration, names, account, region } = place;
  const { release, compute, regions, alb } = configuration;
  const { retainHours, errorPercentMax, tagPattern, migrationFunction, signingProfile, ...policy } = release;
  const machine = (name: string) => `arn:aws:states:${region}:${account}:stateMachine:${name}`;
  const colour = (name: Colour) => ({
    group: names.group(name),
    targetGroupArn: parts.targetGroupArns[name],
    digestParameter: names.digestParameter(name),
  });
  return {
    application: names.prefix,
    region,
    endpoint: names.endpoint(region),
    servingRegions: [...regions.serving],
    witnessRegion: regions.witness,
    authorityTable: names.authorityTable,
    releasesTable: names.releasesTable,
    recordsBucket: names.recordsBucket(account, region),
    repository: names.repository,
    platform: PLATFORM,
    tagPattern,
    forwardRuleArn: parts.forwardRuleArn,
    loadBalancerArn: parts.loadBalancerArn,
    compute: computeOf(configuration, names),
    colours: { blue: colour('blue'), green: colour('green') },
    parameters: {
      database: names.databaseParameter,
      consumers: names.consumersParameter,
      deployments: names.deploymentsParameter,
    },
    migrationFunction: migrationFunction ?? null,
    stateMachineArn: machine(names.releaseWorkflow),
    cleanUpMachineArn: machine(names.releaseCleanUpWorkflow),
    topicArn,
    runbookUrl: RUNBOOK,
    policy: {
      ...policy,
      retainSeconds: retainHours * 3600,
      errorRateMax: errorPercentMax / 100,
      signingProfiles: signingProfile
        ? [signingProfile]
        : [
            parts.signingProfileArn,
            // What was pushed to the other region was signed there, by a profile that CloudFormation named.
            ...regions.serving
              .filter((other) => other !== region)
              .map((other) => `arn:aws:signer:${other}:${account}:/signing-profiles/*`),
          ],
      capacityMin: compute.min,
      capacityMax: compute.max,
      stickySeconds: alb.stickySeconds,
    },
  };
}
