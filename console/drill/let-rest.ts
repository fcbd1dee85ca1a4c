/** Lets a capability rest during a run that is not about it, as an operator would: its schedules are switched off. */
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
