/**
 * Production as most seeds of the soak find it: what no release there is about rests, as an operator would let it. Region
 * failover's schedules are off, images are copied nowhere, the second region has no machines and makes no releases, and
 * as few checkers as Route 53 allows look whether users should go there. A run in which a region is lost or moved stands
 * on the whole of production instead.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import { COLOURS, namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { handOverDecoded } from '../../../simulator/runtime/decoded.ts';
import { forkSimulation, holdSimulation, resumeSimulation } from '../../../simulator/simulation.ts';
import { runningInstances, tellApplication } from '../../../simulator/world/index.ts';
import { withoutGaps } from '../../drill/gaps.ts';
import { copyNoImages, letRest, withFewestCheckers } from '../../drill/let-rest.ts';
import { empty } from '../../drill/sizing.ts';

/** One for each deployed cloud: made with its first seed, and the same for every seed and process. */
const made = new WeakMap<Cloud, Promise<Cloud>>();

/** `deployed` is production as standUp leaves it, which stays as it is. Throws when the second region does not come to rest. */
export function resting(deployed: Cloud, configuration: Configuration): Promise<Cloud> {
  const known = made.get(deployed);
  if (known) return known;
  const standing = make(deployed, configuration);
  made.set(deployed, standing);
  return standing;
}

/** The seed of a cloud that every seed's run is a fork of, with a seed of its own. */
const SEED = 0;
/**
 * The application's background work (app/settings.ts), of which nothing is judged here; the lease of 30 s, without which no
 * write of a user is answered, is still renewed two times before it ends. In force from the start of each run.
 */
const SELDOM = { RENEW_SECONDS: '10', BEAT_SECONDS: '20', REFRESH_SECONDS: '30', JOB_SECONDS: '60' };
/** Besides the load balancer's own delay before a target is let go. */
const ENDED_WITHIN_SECONDS = 180;

function make(deployed: Cloud, configuration: Configuration): Promise<Cloud> {
  const [first, second] = configuration.regions.serving;
  const names = namesOf(configuration);
  const cloud = forkSimulation(deployed, SEED);
  handOverDecoded(cloud);
  return withoutGaps(cloud, async () => {
    resumeSimulation(cloud);
    tellApplication(cloud, SELDOM);
    await cloud.resolve(letRest(cloud, 'region-failover'));
    await cloud.resolve(letRest(cloud, 'blue-green', [second]));
    await cloud.resolve(copyNoImages(cloud, first));
    await cloud.resolve(withFewestCheckers(cloud));
    for (const colour of COLOURS) {
      await cloud.resolve(empty(cloud, { region: second, names, configuration, colour }));
    }
    await cloud.advance((configuration.alb.deregistrationSeconds + ENDED_WITHIN_SECONDS) * 1000);
    const left = runningInstances(cloud, second);
    if (left.length > 0) throw new Error(`${left.join(', ')} of ${second} still run`);
    await holdSimulation(cloud);
    return cloud;
  });
}
