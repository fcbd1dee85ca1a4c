/** The CDK app: one witness stack, two region stacks, and the capabilities' stacks over them. Instantiates, nothing else. */
import { readFileSync } from 'node:fs';
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Configuration } from './config/index.ts';
import { type Names, namesOf } from './names.ts';
import { RecoveryPathCheck } from './recovery-path/plugin.ts';
import { AlertRoutingStack } from './stacks/alert-routing.ts';
import { BlueGreenStack } from './stacks/blue-green.ts';
import { RegionStack } from './stacks/region.ts';
import { WitnessObserver } from './stacks/region-failover/witness-observer.ts';
import { RegionFailoverStack } from './stacks/region-failover.ts';
import { WitnessStack } from './stacks/witness.ts';

export interface AppOptions {
  /** Twelve digits; from the environment on AWS, the simulator's own in a drill. */
  readonly account: string;
  readonly outdir?: string;
  /** Where `npm run build` put the bundles. @default dist */
  readonly bundles?: string;
  /** Skips the rule pack and CloudFormation's own validation, which take seconds; `npm run synth` has both. */
  readonly unchecked?: boolean;
  /** Whose stacks are made. @default all */
  readonly capabilities?: readonly Capability[];
}

export const CAPABILITIES = ['region-failover', 'alert-routing'] as const;
export type Capability = (typeof CAPABILITIES)[number];

export function createApp(configuration: Configuration, options: AppOptions): App {
  const { account } = options;
  const app = new App({
    outdir: options.outdir,
    context: context(configuration, options),
    analyticsReporting: false,
    builtinCloudFormationValidation: !options.unchecked,
  });
  const names = namesOf(configuration);
  const capabilities = options.capabilities ?? CAPABILITIES;
  const making = { app, configuration, names, account, bundles: options.bundles };
  if (capabilities.includes('region-failover')) regionFailover(making);
  if (capabilities.includes('alert-routing')) alertRouting(making);

  Tags.of(app).add('Environment', configuration.environment);
  Tags.of(app).add('Application', configuration.application);
  Tags.of(app).add('Owner', configuration.owner);
  Tags.of(app).add('CostCenter', configuration.costCenter);
  Tags.of(app).add('ManagedBy', 'mainstay');
  if (capabilities.includes('region-failover')) Validations.of(app).addPlugins(new RecoveryPathCheck(configuration));
  if (!options.unchecked) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

interface Making {
  readonly app: App;
  readonly configuration: Configuration;
  readonly names: Names;
  readonly account: string;
  readonly bundles: string | undefined;
}

const idOf = ({ names }: Making, part: string, region: string): string => `${names.prefix}-${part}-${region}`;

/** The core stacks, and what moves the application from one to the other. */
function regionFailover(making: Making): void {
  const { app, account, ...common } = making;
  const { serving, witness } = common.configuration.regions;
  const id = (part: string, region: string) => idOf(making, part, region);
  const witnessStack = new WitnessStack(app, id('witness', witness), { ...common, env: { account, region: witness } });
  const [first, second] = serving.map(
    (region) => new RegionStack(app, id('region', region), { ...common, env: { account, region } }),
  ) as [RegionStack, RegionStack];
  // The second region's cluster joins the global cluster that the first one founds.
  second.addStackDependency(first, 'its database joins the global cluster');
  first.addStackDependency(witnessStack, 'its instances renew their lease in the authority table');

  new WitnessObserver(witnessStack, 'Observer', common);
  for (const region of [first, second]) {
    const stack = new RegionFailoverStack(app, id('region-failover', region.region), {
      ...common,
      env: { account, region: region.region },
      region: {
        forwardRuleArn: region.loadBalancer.forwardRule.arn,
        targetGroupArns: {
          blue: region.loadBalancer.targetGroups.blue.targetGroupArn,
          green: region.loadBalancer.targetGroups.green.targetGroupArn,
        },
      },
    });
    stack.addStackDependency(second, 'it watches and moves what both region stacks make');
    const releases = new BlueGreenStack(app, id('blue-green', region.region), {
      ...common,
      env: { account, region: region.region },
      region: {
        forwardRuleArn: region.loadBalancer.forwardRule.arn,
        signingProfileArn: region.signingProfileArn,
        loadBalancerArn: region.loadBalancer.balancer.loadBalancerArn,
        loadBalancerFullName: region.loadBalancer.balancer.loadBalancerFullName,
        targetGroupFullNames: {
          blue: region.loadBalancer.targetGroups.blue.targetGroupFullName,
          green: region.loadBalancer.targetGroups.green.targetGroupFullName,
        },
        targetGroupArns: {
          blue: region.loadBalancer.targetGroups.blue.targetGroupArn,
          green: region.loadBalancer.targetGroups.green.targetGroupArn,
        },
      },
    });
    releases.addStackDependency(stack, 'its releases stop for the freeze that a failover makes');
  }
}

/** Stands alone: it needs nothing of the core, and tells of everything that sends events. */
function alertRouting(making: Making): void {
  const { app, account, ...common } = making;
  const [first, second] = common.configuration.regions.serving.map(
    (region) =>
      new AlertRoutingStack(app, idOf(making, 'alert-routing', region), { ...common, env: { account, region } }),
  ) as [AlertRoutingStack, AlertRoutingStack];
  second.addStackDependency(first, 'the table by which they tell each other has a replica in its region');
}

/** Settings of cdk.json, and the zones, so that nothing is looked up: synthesis needs no network and no account. */
function context({ regions, network }: Configuration, { account, unchecked }: AppOptions): Record<string, unknown> {
  const settings = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')).context;
  const zones = ['a', 'b', 'c'].slice(0, network.azCount);
  const zoneContext = [...regions.serving, regions.witness].map((region) => [
    `availability-zones:account=${account}:region=${region}`,
    zones.map((zone) => `${region}${zone}`),
  ]);
  return {
    ...settings,
    '@aws-cdk/core:validateAgainstDefaultRules': !unchecked,
    ...Object.fromEntries(zoneContext),
  };
}
