/** Why the service has not come to rest; null when it has: no release runs or waits, and one colour has all users. */
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import { roleName } from '../../drill/roles.ts';
import type { Monitor, Watched } from './monitor.ts';

export function unsettled({ cloud, region }: Watched, monitor: Monitor): string | null {
  const item = monitor.item();
  const { roles } = monitor;
  const { executions } = cloud.stateOf(stepFunctions, region);
  const running = Object.values(executions).find(
    ({ status, roleArn }) => status === 'RUNNING' && roles.has(roleName(roleArn)),
  );
  if (running) return `${running.arn.split(':').at(-1)} runs`;
  if (item?.lease) return 'the lease is held and nothing runs';
  const weights = monitor.rules.at(-1)?.weights;
  // Weights of somebody else that people were told of are theirs to put right.
  if (weights && weights.blue > 0 && weights.green > 0 && !item?.drift)
    return `users are split: blue ${weights.blue}, green ${weights.green}`;
  const sample = monitor.samples.at(-1);
  const slow = Object.entries(sample?.colours ?? {}).find(([, { shareMax, shareMin }]) => shareMax !== shareMin);
  if (slow) return `not every node sends the same users to ${slow[0]}`;
  return item?.candidate ? 'a release waits' : null;
}
