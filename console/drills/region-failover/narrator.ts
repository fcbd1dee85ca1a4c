/** The narrator of a region failover. */
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { Narrator } from '../../drill/narrator.ts';
import type { TimelineEntry } from '../../drill/result.ts';
import { roleName, rolesOf } from '../../drill/roles.ts';
import { PlainNames } from '../../plain-names.ts';
import { narrate } from './narrate.ts';
import { UsersStory } from './users-story.ts';

export function narratorOf(
  cloud: Cloud,
  { names, domain }: { readonly names: Names; readonly domain: string },
  faultAt: number,
  onEntry?: (entry: TimelineEntry) => void,
): Narrator {
  const roles = rolesOf(cloud, 'region-failover');
  const words = { names, plain: PlainNames.of(cloud) };
  return new Narrator(cloud, {
    narrate: (entry) => narrate(entry, words),
    users: new UsersStory(cloud, domain),
    actorOf: ({ roleArn }) => (roles.has(roleName(roleArn)) ? 'region-failover' : null),
    faultAt,
    onEntry,
  });
}
