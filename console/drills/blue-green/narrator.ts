/** The narrator of a release. */
import { Narrator } from '../../drill/narrator.ts';
import type { TimelineEntry } from '../../drill/result.ts';
import { roleName, rolesOf } from '../../drill/roles.ts';
import { PlainNames } from '../../plain-names.ts';
import type { Watched } from './monitor.ts';
import { narrate } from './narrate.ts';
import { UsersStory } from './users-story.ts';

export function narratorOf(watched: Watched, faultAt: number, onEntry?: (entry: TimelineEntry) => void): Narrator {
  const { cloud, configuration } = watched;
  const roles = rolesOf(cloud, 'blue-green');
  const words = { watched, plain: PlainNames.of(cloud) };
  return new Narrator(cloud, {
    narrate: (entry) => narrate(entry, words),
    users: new UsersStory(cloud, configuration.domain),
    actorOf: ({ roleArn }) => (roles.has(roleName(roleArn)) ? 'blue-green' : null),
    faultAt,
    onEntry,
  });
}
