/**
 * The physical names that must be known across regions without a lookup: a region being activated cannot ask the lost
 * one. Everything else is named by CloudFormation. No CDK import: infra, the console and tests share it.
 */
import type { Configuration } from './config/schema.ts';

export type Colour = 'blue' | 'green';
export const COLOURS: readonly Colour[] = ['blue', 'green'];

/** SSM parameters that exist before the first deployment; README "Deploy to AWS" says how to make them. */
export const HOSTED_ZONE_PARAMETER = '/mainstay/hosted-zone-id';

/** The object whose presence says: traffic belongs to the second serving region. */
export const LATCH_KEY = 'moved';

/** A request with this header goes to the colour that it names; functions/blue-green/probe.ts sends it. */
export const PREVIEW_HEADER = 'x-mainstay-colour';

export interface Names {
  readonly prefix: string;
  readonly authorityTable: string;
  readonly failoverTable: string;
  readonly globalCluster: string;
  readonly repository: string;
  readonly databaseSecret: string;
  readonly databaseParameter: string;
  readonly consumersParameter: string;
  readonly deploymentsParameter: string;
  readonly alertTable: string;
  readonly escalationWorkflow: string;
  /** The switch of remediation; docs/runbooks/alert-routing.md says how it is turned. */
  readonly automationParameter: string;
  readonly alertPeersTable: string;
  readonly workflow: string;
  readonly cleanUpWorkflow: string;
  readonly releasesTable: string;
  readonly releaseWorkflow: string;
  readonly releaseCleanUpWorkflow: string;
  recordsBucket(account: string, region: string): string;
  cluster(region: string): string;
  group(colour: Colour): string;
  digestParameter(colour: Colour): string;
  latchBucket(account: string, region: string): string;
  endpoint(region: string): string;
}

export function namesOf(configuration: Pick<Configuration, 'application' | 'environment' | 'domain'>): Names {
  const prefix = `${configuration.application}-${configuration.environment}`;
  return {
    prefix,
    authorityTable: `${prefix}-authority`,
    failoverTable: `${prefix}-failover`,
    globalCluster: prefix,
    repository: prefix,
    databaseSecret: `${prefix}/database`,
    databaseParameter: `/${prefix}/database`,
    consumersParameter: `/${prefix}/consumers`,
    deploymentsParameter: `/${prefix}/deployments`,
    alertTable: `${prefix}-alerts`,
    automationParameter: `/${prefix}/remediation`,
    escalationWorkflow: `${prefix}-alert-escalation`,
    alertPeersTable: `${prefix}-alert-peers`,
    workflow: `${prefix}-region-failover`,
    cleanUpWorkflow: `${prefix}-region-failover-clean-up`,
    releasesTable: `${prefix}-releases`,
    releaseWorkflow: `${prefix}-blue-green`,
    releaseCleanUpWorkflow: `${prefix}-blue-green-clean-up`,
    recordsBucket: (account, region) => `${prefix}-records-${account}-${region}`,
    cluster: (region) => `${prefix}-${region}`,
    group: (colour) => `${prefix}-${colour}`,
    digestParameter: (colour) => `/${prefix}/${colour}/digest`,
    latchBucket: (account, region) => `${prefix}-latch-${account}-${region}`,
    endpoint: (region) => `${region}.${configuration.domain}`,
  };
}
