/**
 * Alert routing standing in both regions, with the providers around it: deployed once, held, and forked for every run.
 * Started by the drill command and by the drills in tests.
 */
import { type Configuration, loadConfiguration } from '../../../infra/config/index.ts';
import { type Names, namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { bootstrap } from '../../../simulator/cloudformation/bootstrap.ts';
import { deployAssembly } from '../../../simulator/cloudformation/deploy.ts';
import { lambda } from '../../../simulator/lambda/index.ts';
import { reclaimIdle } from '../../../simulator/lambda/pool.ts';
import type { LambdaState } from '../../../simulator/lambda/state.ts';
import { createSimulation } from '../../../simulator/simulation.ts';
import { openProviders } from '../../../simulator/world/index.ts';
import { SIMULATED_ACCOUNT } from '../../deployment/synthesize.ts';

/** A Tuesday, 9:30 where the office is: its hours have begun. */
export const OFFICE_HOURS = Date.UTC(2027, 0, 12, 17, 30);

/** Secrets as providers and senders know them. Invented, and of no use anywhere else. */
export const SECRETS = {
  'pagerduty-outage': 'O'.repeat(32),
  pagerduty: 'P'.repeat(32),
  'pagerduty-managers': 'M'.repeat(32),
  'pagerduty-heartbeat': 'H'.repeat(32),
  'pagerduty-api': 'pagerduty-api-token-of-the-drill',
  slack: 'slack-token-of-the-drill',
  heartbeat: 'heartbeat-secret-of-the-drill',
  links: 'links-secret-of-the-drill',
  'webhook-alertmanager': 'alertmanager-secret-of-the-drill',
  'webhook-generic': 'generic-secret-of-the-drill',
  'webhook-sentry': 'sentry-secret-of-the-drill',
  'webhook-pagerduty': 'pagerduty-secret-of-the-drill',
} as const;

/** A secret that a careless sender writes into an alert. Invented too. */
export const PLANTED = 'Bearer planted-by-a-careless-sender';

/** PagerDuty's services, each with a channel of the routing configuration. */
export const SERVICES = ['outage', 'standard', 'managers'] as const;
const KEYS = { outage: 'pagerduty-outage', standard: 'pagerduty', managers: 'pagerduty-managers' } as const;

export interface Scene {
  readonly cloud: Cloud;
  readonly configuration: Configuration;
  readonly names: Names;
}

export interface Standing extends Scene {
  /** How many resources were created. */
  readonly resources: number;
}

/** From a cloud assembly that holds alert routing alone. */
export async function standUp(assembly: string, environment: string, startAt = OFFICE_HOURS): Promise<Standing> {
  const configuration = loadConfiguration(environment);
  const names = namesOf(configuration);
  const { serving, witness } = configuration.regions;
  const regions = [...serving, witness];
  const cloud = createSimulation({ seed: 0, account: SIMULATED_ACCOUNT, regions, startAt });
  await cloud.resolve(bootstrap(cloud));
  const stacks = await cloud.resolve(deployAssembly(cloud, assembly));
  for (const region of serving) {
    for (const [name, SecretString] of Object.entries(SECRETS)) {
      const SecretId = `${names.prefix}/alert-routing/${name}`;
      await cloud.call('secretsmanager', 'PutSecretValue', { SecretId, SecretString }, { region });
    }
    await cloud.call(
      'ssm',
      'PutParameter',
      { Name: names.automationParameter, Value: 'on', Type: 'String' },
      { region },
    );
  }
  openProviders(cloud, {
    pagerduty: [heartbeatService()],
    slack: { tokens: [SECRETS.slack], channels: ['operations', HEARTBEAT] },
    heartbeats: serving.flatMap((region) => monitorsOf(region).map(monitored)),
  });
  // Every alarm of ours has seen its first minutes.
  await cloud.advance(240_000);
  await holdAtRest(cloud);
  const resources = stacks.reduce((sum, stack) => sum + stack.resources.length, 0);
  return { cloud, configuration, names, resources };
}

/** At a moment when nothing is on its way: what is held in the middle of its work would be lost. */
async function holdAtRest(cloud: Cloud): Promise<void> {
  for (let seconds = 0; seconds < 120; seconds++) {
    reclaimIdle(cloud);
    if (cloud.clock.running.length === 0) return;
    await cloud.advance(1_000);
  }
  throw new Error(`the cloud does not come to rest: ${cloud.clock.running.join(', ')} goes on`);
}

/** PagerDuty's service, Slack's channel and SNS's topic that heartbeats are carried to; nobody is woken there. */
export const HEARTBEAT = 'heartbeat';

/** Amazon's own mailbox that takes everything (SES Developer Guide, "Using the mailbox simulator"). */
export const HEARTBEAT_MAILBOX = 'success@simulator.amazonses.com';

/** Channels whose heartbeat has a monitor of its own. */
const BEATS = ['pagerduty', 'phones', 'slack', 'email'];

/** Names of the monitors of a region: of its router, and of each channel. */
export const monitorsOf = (region: string): string[] => [region, ...BEATS.map((channel) => `${region}/${channel}`)];

const monitored = (name: string) => ({
  url: `heartbeat.example.com/mainstay/${name}`,
  name,
  everyMs: 60_000,
  graceMs: 180_000,
});

const heartbeatService = () => ({
  routingKey: SECRETS['pagerduty-heartbeat'],
  name: HEARTBEAT,
  webhooks: [],
  onCall: null,
  apiToken: SECRETS['pagerduty-api'],
});

export interface OnCall {
  /** From the call to the acknowledgement, in milliseconds; null: nobody takes it. */
  readonly acknowledgesMs: readonly [least: number, most: number] | null;
}

/** PagerDuty's services with somebody on call, and their webhooks to both regions. */
export function callPeople(cloud: Cloud, { regions }: Configuration, { acknowledgesMs }: OnCall): void {
  const webhooks = regions.serving.map((region) => {
    return { url: `${urlOf(cloud, region, 'webhook')}pagerduty`, secret: SECRETS['webhook-pagerduty'] };
  });
  openProviders(cloud, {
    pagerduty: SERVICES.map((name) => ({
      routingKey: SECRETS[KEYS[name]],
      name,
      webhooks,
      onCall: { name: `${name} on call`, acknowledgesMs },
      apiToken: SECRETS['pagerduty-api'],
    })),
  });
}

/** Under which a function of alert routing is called from outside. */
export function urlOf(cloud: Cloud, region: string, handler: 'webhook' | 'acknowledge'): string {
  const { functions } = cloud.stateOf<LambdaState>(lambda, region);
  const found = Object.values(functions).find(({ description }) => description === `alert-routing/${handler}`);
  if (!found?.url) throw new Error(`${region} has no URL of alert-routing/${handler}`);
  return found.url.url;
}
