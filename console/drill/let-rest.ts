/** Lets what a run is not about rest during it, as an operator would: schedules are switched off, images copied nowhere. */
import type { Cloud } from '../../simulator/cloud.ts';
import type { Slug } from '../slugs.ts';

/** Schedules say whose they are at the beginning of their description (infra/stacks/region-failover/minutely.ts). */
export async function letRest(
  cloud: Cloud,
  slug: Slug,
  regions: readonly string[] = cloud.state.regions,
): Promise<void> {
  for (const region of regions) await setSchedules(cloud, region, slug, 'DISABLED');
}

/** Switches a slug's schedules on again, in every region. */
export async function wake(cloud: Cloud, slug: Slug): Promise<void> {
  for (const region of cloud.state.regions) await setSchedules(cloud, region, slug, 'ENABLED');
}

async function setSchedules(cloud: Cloud, region: string, slug: Slug, State: 'ENABLED' | 'DISABLED'): Promise<void> {
  const { Schedules = [] } = await cloud.call('scheduler', 'ListSchedules', {}, { region });
  for (const { Name } of Schedules) {
    const schedule = await cloud.call('scheduler', 'GetSchedule', { Name }, { region });
    if (!schedule.Description?.startsWith(`${slug}: `)) continue;
    await cloud.call('scheduler', 'UpdateSchedule', { ...schedule, State } as never, { region });
  }
}

/** What is pushed to a region is released there alone. */
export async function copyNoImages(cloud: Cloud, region: string): Promise<void> {
  await cloud.call('ecr', 'PutReplicationConfiguration', { replicationConfiguration: { rules: [] } }, { region });
}

/** Route 53 API reference, HealthCheckConfig, "Regions": three at least. */
const CHECKERS = ['us-east-1', 'us-west-1', 'eu-west-1'] as const;

/** Its control plane. */
const ROUTE_53 = { region: 'us-east-1' };

/** Whether users should go elsewhere is looked at from as few places as Route 53 allows. */
export async function withFewestCheckers(cloud: Cloud): Promise<void> {
  const { HealthChecks = [] } = await cloud.call('route53', 'ListHealthChecks', {}, ROUTE_53);
  for (const { Id: HealthCheckId, HealthCheckConfig } of HealthChecks) {
    if (HealthCheckConfig?.Type === 'CALCULATED') continue;
    await cloud.call('route53', 'UpdateHealthCheck', { HealthCheckId, Regions: [...CHECKERS] }, ROUTE_53);
  }
}
