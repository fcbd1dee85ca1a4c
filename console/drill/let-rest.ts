/** Lets what a run is not about rest during it, as an operator would: schedules are switched off, images copied nowhere. */
import type { Cloud } from '../../simulator/cloud.ts';
import type { Slug } from '../slugs.ts';

/** Schedules say whose they are at the beginning of their description (infra/stacks/region-failover/minutely.ts). */
export async function letRest(cloud: Cloud, slug: Slug): Promise<void> {
  for (const region of cloud.state.regions) {
    const { Schedules = [] } = await cloud.call('scheduler', 'ListSchedules', {}, { region });
    for (const { Name } of Schedules) {
      const schedule = await cloud.call('scheduler', 'GetSchedule', { Name }, { region });
      if (!schedule.Description?.startsWith(`${slug}: `)) continue;
      await cloud.call('scheduler', 'UpdateSchedule', { ...schedule, State: 'DISABLED' } as never, { region });
    }
  }
}

/** What is pushed to a region is released there alone. */
export async function copyNoImages(cloud: Cloud, region: string): Promise<void> {
  await cloud.call('ecr', 'PutReplicationConfiguration', { replicationConfiguration: { rules: [] } }, { region });
}
