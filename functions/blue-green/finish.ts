/** Ends a release. Started by: the last states of the machine, whatever became of it. Without it nothing new may begin. */
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { environmentOf } from '../shared/aws/environment.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import { type ConcludePorts, conclude, Ending } from './conclude.ts';

export const makeFinish =
  (ports: ConcludePorts & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ finished: boolean }> => ({
    finished: await conclude(ports, parse(Ending, input)),
  });

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    compute: environmentOf(config),
    chronicle: dynamoChronicle(config),
  }),
  make: makeFinish,
});
