/**
 * What a function is told about its surroundings: one JSON object in the variable MAINSTAY_CONFIG, written by
 * infra/stacks and read once per container by functions/shared/lambda.ts.
 */
import * as z from 'zod';
import { InvalidConfig } from './errors.ts';
import { parse } from './parse.ts';

const seconds = z.number().int().positive();

/** The part of infra/config's `recovery` that decisions read; the meanings are written there. */
export const Policy = z.object({
  tier: z.enum(['critical', 'standard']),
  dwellSeconds: seconds,
  observationAgeSecondsMax: seconds,
  lagSecondsMax: seconds,
  cooldownSeconds: seconds,
  minimumCapacityPercent: z.number().int().min(1).max(100),
  probes: z.number().int().min(1),
  decisionSecondsMax: seconds,
  leaseSeconds: seconds,
  driftSeconds: seconds,
  longestWriteSeconds: seconds,
  /** Instances below which no region serves, whatever the lost region last reported. */
  capacityMin: z.number().int().min(1),
});
export type Policy = z.infer<typeof Policy>;

/** For the functions of the core stack. */
export const CoreConfig = z.object({ application: z.string(), region: z.string() });
export type CoreConfig = z.infer<typeof CoreConfig>;

/** Enough to observe; all there is in the witness region. */
export const ObserverConfig = z.object({
  /** Prefix of application and environment, such as orders-prod. */
  application: z.string(),
  region: z.string(),
  servingRegions: z.tuple([z.string(), z.string()]),
  witnessRegion: z.string(),
  domain: z.string(),
  authorityTable: z.string(),
  policy: Policy,
});
export type ObserverConfig = z.infer<typeof ObserverConfig>;

/** Name of the Auto Scaling group, or of the ECS service. */
const colour = z.object({ group: z.string(), targetGroupArn: z.string() });

/** What runs the colours; the cluster is of ECS. */
const compute = z.object({ kind: z.enum(['ec2', 'fargate']), cluster: z.string().nullable() });

/** Everything of the serving region that this function runs in. */
export const ServingConfig = ObserverConfig.extend({
  failoverTable: z.string(),
  latchBuckets: z.record(z.string(), z.string()),
  latchKey: z.string(),
  forwardRuleArn: z.string(),
  compute,
  colours: z.object({ blue: colour, green: colour }),
  globalClusterId: z.string(),
  clusterId: z.string(),
  clusterArn: z.string(),
  parameters: z.object({ database: z.string(), consumers: z.string(), deployments: z.string() }),
  topicArn: z.string(),
  runbookUrl: z.string(),
});
export type ServingConfig = z.infer<typeof ServingConfig>;

/** For the functions that start or look at executions. */
export const StartingConfig = ServingConfig.extend({ stateMachineArn: z.string() });
export type StartingConfig = z.infer<typeof StartingConfig>;

/** The part of infra/config's `release` that functions read; the meanings are written there. */
export const ReleasePolicy = z.object({
  mode: z.enum(['weighted', 'atomic']),
  steps: z.array(z.number().int()).min(1),
  stepSeconds: seconds,
  stepSecondsMax: seconds,
  bakeSeconds: seconds,
  bakeSecondsMax: seconds,
  retainSeconds: seconds,
  /** Share of one, not percent. */
  errorRateMax: z.number().positive().max(1),
  p95SecondsMax: z.number().positive(),
  requestsMin: z.number().int().min(1),
  healthyLooks: z.number().int().min(1),
  evidenceSecondsMax: seconds,
  approval: z.boolean(),
  approvalSecondsMax: seconds,
  pauseSecondsMax: seconds,
  secondPush: z.enum(['supersede', 'hold']),
  smokePaths: z.array(z.string()).min(1),
  alarms: z.array(z.string()),
  /** ARNs of the Signer profiles that are trusted; a * at the end stands for any text. */
  signingProfiles: z.array(z.string()).min(1),
  /** SHA-256 of the root certificates that signatures may come from, in hex. */
  signingRoots: z.array(z.string()).min(1),
  /** Machines below which no colour serves. */
  capacityMin: z.number().int().min(1),
  capacityMax: z.number().int().min(1),
  stickySeconds: z.number().int().min(0),
});
export type ReleasePolicy = z.infer<typeof ReleasePolicy>;

const releaseColour = colour.extend({
  /** Instances read it at each boot; tasks only until the first release, whose task definition names the digest. */
  digestParameter: z.string(),
});

/** Everything that blue-green knows of its region. */
export const ReleaseConfig = z.object({
  application: z.string(),
  region: z.string(),
  /** Public name of this region's load balancer. */
  endpoint: z.string(),
  servingRegions: z.tuple([z.string(), z.string()]),
  witnessRegion: z.string(),
  authorityTable: z.string(),
  releasesTable: z.string(),
  recordsBucket: z.string(),
  repository: z.string(),
  /** Of its images; a manifest or index for other platforms only is refused. */
  platform: z.string(),
  /** What a release's tag looks like: * stands for any text. */
  tagPattern: z.string(),
  forwardRuleArn: z.string(),
  loadBalancerArn: z.string(),
  compute,
  colours: z.object({ blue: releaseColour, green: releaseColour }),
  parameters: z.object({ database: z.string(), consumers: z.string(), deployments: z.string() }),
  migrationFunction: z.string().nullable(),
  stateMachineArn: z.string(),
  cleanUpMachineArn: z.string(),
  topicArn: z.string(),
  runbookUrl: z.string(),
  policy: ReleasePolicy,
});
export type ReleaseConfig = z.infer<typeof ReleaseConfig>;

/** @throws InvalidConfig naming the field, when the variable is missing, no JSON, or does not fit. */
export function readConfig<S extends z.ZodType>(schema: S, text: string | undefined): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch (cause) {
    throw new InvalidConfig(`MAINSTAY_CONFIG must hold a JSON object, got ${text ? text.slice(0, 40) : 'nothing'}`, {
      cause,
    });
  }
  return parse(schema, value, 'MAINSTAY_CONFIG', InvalidConfig);
}
