/** Lets a freshly deployed application come up: instances boot, the lease is taken, the observers have something to say. */
import type { Configuration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { cloudWatch } from '../../simulator/services/cloudwatch/index.ts';
import type { CloudWatchState } from '../../simulator/services/cloudwatch/state.ts';
import type { Execution } from '../../simulator/stepfunctions/model.ts';
import { stepFunctions } from '../../simulator/stepfunctions/service.ts';
import { refusalsIn } from '../drill/refusals.ts';
import { Monitor } from '../drills/region-failover/monitor.ts';
import { DoesNotComeUp } from '../problem.ts';

const LIMIT_SECONDS = 1800;
/** The observers' votes settle, and every resolver has asked again since DNS was published. */
const SETTLE_SECONDS = 30;

/** Returns the monitor that watched it. Throws DoesNotComeUp saying what is missing, and what IAM refused. */
export async function warmUp(
  cloud: Cloud,
  configuration: Configuration,
  monitor = new Monitor(cloud, configuration, namesOf(configuration)),
): Promise<Monitor> {
  await monitor.watch(LIMIT_SECONDS, () => missing(cloud, configuration, monitor) === null);
  const what = missing(cloud, configuration, monitor);
  if (what !== null) {
    throw new DoesNotComeUp(`the application did not come up within ${LIMIT_SECONDS} s: ${what}`, refusalsIn(cloud));
  }
  await monitor.watch(SETTLE_SECONDS);
  return monitor;
}

/** What a running application still lacks; null when it lacks nothing. */
function missing(cloud: Cloud, { regions, compute }: Configuration, monitor: Monitor): string | null {
  if (!(Number(monitor.item()?.counter) > 0)) return 'nobody took the write lease';
  const sample = monitor.samples.at(-1);
  for (const region of regions.serving) {
    const healthy = sample?.regions[region]?.healthyTargets ?? 0;
    if (healthy < compute.min) return `${region} has ${healthy} of ${compute.min} healthy targets`;
    const { alarms } = cloud.stateOf<CloudWatchState>(cloudWatch, region);
    // The scaling policies' own alarms stay without data where no processor time is counted.
    const ours = Object.values(alarms).filter(({ definition }) => !definition.AlarmName?.startsWith('TargetTracking-'));
    const alarm = ours.find(({ state }) => state.value !== 'OK');
    if (alarm) return `${region}: alarm ${alarm.definition.AlarmName} is ${alarm.state.value}`;
    // One that the alarm started while everything booted still looks, and would mistake the drill's fault for its own.
    // One that asked a person waits for the answer and looks at nothing.
    const { executions } = cloud.stateOf(stepFunctions, region);
    const running = Object.values(executions).find(
      (execution) => execution.status === 'RUNNING' && !waitsForPerson(execution),
    );
    if (running) return `${region}: ${running.arn} still runs`;
  }
  return null;
}

const waitsForPerson = ({ flows }: Execution): boolean =>
  Object.values(flows).some(({ stateName }) => stateName === 'Ask a person');
