/**
 * Makes a simulated cloud from a cloud assembly: what an account has before the first deployment, the deployment, and
 * the first release. The README's "Deploy to AWS" does the same by hand.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Configuration, loadConfiguration } from '../../infra/config/index.ts';
import { COLOURS, HOSTED_ZONE_PARAMETER, type Names, namesOf } from '../../infra/names.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { bootstrap } from '../../simulator/cloudformation/bootstrap.ts';
import { deployAssembly } from '../../simulator/cloudformation/deploy.ts';
import { StackFailed } from '../../simulator/cloudformation/stack-run.ts';
import { AwsError, NotModelled } from '../../simulator/errors.ts';
import { reclaimIdle } from '../../simulator/lambda/pool.ts';
import { pushImage } from '../../simulator/services/ecr/index.ts';
import { createSimulation } from '../../simulator/simulation.ts';
import { refusalsIn } from '../drill/refusals.ts';
import { DoesNotComeUp, UsageProblem } from '../problem.ts';
import { SIMULATED_ACCOUNT } from './synthesize.ts';

/** A Tuesday morning, so that nothing that knows business hours is special. */
const START_AT = Date.UTC(2027, 0, 12, 9, 0, 0);

/** Well before the first schedule comes due, a minute after its creation. */
const LAST_INVOCATION_MS = 10_000;

export interface Deployed {
  readonly cloud: Cloud;
  readonly configuration: Configuration;
  readonly names: Names;
  /** How many resources were created. */
  readonly resources: number;
}

/**
 * Deploys everything and releases the application. Throws, naming stack, resource and reason: UsageProblem for a template
 * that is refused, DoesNotComeUp for a resource that fails.
 */
export async function deployAssemblyInto(
  assembly: string,
  environment: string,
  onStack: (stack: string, region: string) => void = () => {},
  startAt = START_AT,
  bootstrapRegions = bootstrap,
): Promise<Deployed> {
  const configuration = loadConfiguration(environment);
  const names = namesOf(configuration);
  const { serving, witness } = configuration.regions;
  const cloud = createSimulation({
    seed: 0,
    account: SIMULATED_ACCOUNT,
    regions: [...serving, witness],
    startAt,
  });
  await cloud.resolve(prepareAccount(cloud, configuration, bootstrapRegions));
  cloud.trace.onEntry(({ source, what, region, detail }) => {
    if (source === 'cloudformation' && what === 'stack.CREATE_IN_PROGRESS') {
      onStack((detail as { stack: string }).stack, region);
    }
  });
  const stacks = await cloud.resolve(deployAssembly(cloud, assembly)).catch((error) => {
    throw blamed(cloud, error);
  });
  await cloud.resolve(release(cloud, configuration, names, join(assembly, '..', 'dist', 'app')));
  // The last custom resource has answered, its function's invocation has not ended yet.
  await cloud.advance(LAST_INVOCATION_MS);
  reclaimIdle(cloud);
  return { cloud, configuration, names, resources: stacks.reduce((sum, stack) => sum + stack.resources.length, 0) };
}

/**
 * Whose fault it is that the stacks could not be made: a template that CloudFormation refuses or the simulator does not
 * model is the user's input; a resource that fails on the way is an application that does not work.
 */
function blamed(cloud: Cloud, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const because = error instanceof StackFailed ? error.cause : error;
  if (because instanceof NotModelled) {
    return new UsageProblem(`template: ${error.message}; see simulator/KNOWN-GAPS.md`, { cause: error });
  }
  if (error instanceof AwsError) return new UsageProblem(`template: ${error.message}`, { cause: error });
  if (error instanceof StackFailed) return new DoesNotComeUp(error.message, refusalsIn(cloud));
  return error;
}

/**
 * The CDK's bootstrap and a hosted zone whose id the stacks find in a parameter. The real `cdk deploy` needs the whole
 * bootstrap, with its roles (bootstrapWithRoles).
 */
export async function prepareAccount(
  cloud: Cloud,
  configuration: Configuration,
  bootstrapRegions: (cloud: Cloud) => Promise<void> = bootstrap,
): Promise<void> {
  await bootstrapRegions(cloud);
  const zone = await cloud.call(
    'route53',
    'CreateHostedZone',
    { Name: configuration.domain, CallerReference: 'before Mainstay' },
    { region: 'us-east-1' },
  );
  for (const region of cloud.state.regions) {
    await cloud.call(
      'ssm',
      'PutParameter',
      { Name: HOSTED_ZONE_PARAMETER, Type: 'String', Value: zone.HostedZone?.Id?.split('/').at(-1) },
      { region },
    );
  }
}

/** Pushes the application's image to both serving regions and names it as both colours' release. */
export async function release(
  cloud: Cloud,
  { regions, compute }: Configuration,
  names: Names,
  bundle: string,
): Promise<void> {
  const paths = readdirSync(bundle, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.cjs'));
  const contents = paths.sort().map((path) => readFileSync(join(bundle, path)));
  const digest = `sha256:${createHash('sha256').update(Buffer.concat(contents)).digest('hex')}`;
  const hashes = Object.fromEntries(paths.map((path, i) => [path, cloud.blobs.put(contents[i]!)]));
  const { 'index.cjs': blobHash, ...files } = hashes;
  if (blobHash === undefined) throw new UsageProblem(`${bundle}: no index.cjs; run 'npm run build' first`);
  for (const region of regions.serving) {
    pushImage(cloud, region, names.repository, { digest, blobHash, files, tags: ['1.0.0'] });
    for (const colour of COLOURS) {
      await cloud.call(
        'ssm',
        'PutParameter',
        { Name: names.digestParameter(colour), Type: 'String', Value: digest },
        { region },
      );
    }
    // Instances wait for their digest by themselves; a service starts with one task until somebody says how many.
    if (compute.kind === 'fargate') {
      const [blue, green] = COLOURS.map((colour) => names.group(colour));
      const cluster = names.prefix;
      await cloud.call('ecs', 'UpdateService', { cluster, service: blue, desiredCount: compute.min }, { region });
      await cloud.call('ecs', 'UpdateService', { cluster, service: green, desiredCount: 0 }, { region });
    }
  }
}
