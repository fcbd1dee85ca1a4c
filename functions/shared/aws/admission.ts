/** The adapters that an admission needs; two functions use the same. */
import type { Clock } from '../clock.ts';
import type { ReleaseConfig } from '../config.ts';
import { fetchWeb } from '../web.ts';
import { dynamoChronicle } from './chronicle.ts';
import { environmentOf } from './environment.ts';
import { elbForwardWeights } from './forward-weights.ts';
import { ecrImages } from './release-images.ts';
import { dynamoReleases } from './releases-table.ts';
import { signerRevocations } from './revocations.ts';
import { ssmSettings } from './settings.ts';
import { sfnExecutions } from './sfn.ts';
import { snsPager } from './sns.ts';

export const admissionPorts = (config: ReleaseConfig, clock: Clock) => ({
  releases: dynamoReleases(config),
  images: ecrImages({ ...config, web: fetchWeb(clock) }),
  revocations: signerRevocations(config),
  weights: elbForwardWeights(config),
  compute: environmentOf(config),
  settings: ssmSettings(config),
  executions: sfnExecutions(config),
  chronicle: dynamoChronicle(config),
  pager: snsPager(config),
});
