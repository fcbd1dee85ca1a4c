/**
 * Faults that come exactly when a step needs what they take: as an execution enters the step's state, something that the
 * step calls is out of order, for as long as some of its repetitions or for longer than all of them.
 */
import type { PlannedFault } from '../../../simulator/faults.ts';
import type { Random } from '../../../simulator/random.ts';
import type { Kinds, Part } from './soak-wishes.ts';

interface Step {
  readonly machine: 'blue-green' | 'blue-green-clean-up';
  readonly function: string;
  /** What it asks of AWS. */
  readonly services: readonly string[];
  /** It asks the application. */
  readonly probes?: true;
}

const step = (handler: string, services: readonly string[], probes?: true): Step => {
  return { machine: 'blue-green', function: handler, services, ...(probes && { probes }) };
};
const ELB = 'elasticloadbalancing';

/** By state. */
export const STEPS: Readonly<Record<string, Step>> = {
  'Take the lease': step('take-lease', ['dynamodb']),
  Look: step('snapshot', ['dynamodb', ELB, 'autoscaling', 'ssm', 'cloudwatch']),
  'Pin both colours': step('pin', ['dynamodb', 'autoscaling']),
  'Empty the idle colour': step('empty', ['dynamodb', ELB, 'autoscaling']),
  'Prepare the idle colour': step('prepare', ['dynamodb', ELB, 'autoscaling', 'ssm']),
  'Check health': step('check-health', ['dynamodb', ELB, 'autoscaling'], true),
  Validate: step('validate', ['dynamodb'], true),
  'Expand the schema': step('migrate', ['dynamodb']),
  Shift: step('shift', ['dynamodb', ELB, ELB, 'autoscaling', 'ssm']),
  'Prove the shift': step('prove', ['dynamodb'], true),
  Watch: step('watch', ['dynamodb', ELB, 'autoscaling', 'ssm', 'cloudwatch']),
  Commit: step('commit', ['dynamodb', ELB, 'autoscaling']),
  'Roll back': step('roll-back', [ELB, ELB, 'autoscaling', 'dynamodb'], true),
  Finish: step('finish', ['dynamodb', 'autoscaling']),
  'Tell people': step('notify', ['sns']),
  'Clean up': {
    machine: 'blue-green-clean-up',
    function: 'clean-up',
    services: ['dynamodb', ELB, 'autoscaling'],
    probes: true,
  },
};

export function atSteps(region: string): Kinds {
  return {
    'at-step': (random, { size }) => atStep(random, region, random.pick(Object.keys(STEPS)), size),
    /** An execution dies, and whoever clean up after it cannot. */
    'died-twice': (random, { lasts, size }) => {
      const state = random.pick(['Shift', 'Prove the shift', 'Watch', 'Watch', 'Commit', 'Roll back', 'Finish']);
      const abort: PlannedFault = { kind: 'execution-abort', region, machine: 'blue-green', state, times: 1 };
      return [
        { lasts, fault: abort },
        { lasts, ...atStep(random, region, 'Clean up', size) },
      ];
    },
  };
}

function atStep(random: Random, region: string, state: string, size: number): Part {
  const { machine } = STEPS[state] as Step;
  const seconds = random.chance(0.7) ? 3 + random.integer(60) : 60 + random.integer(240);
  const fault = outOfOrder(random, region, STEPS[state] as Step, Math.round(size * 1000) / 1000);
  return {
    fault: {
      kind: 'at-state',
      region,
      machine,
      state,
      nth: random.chance(0.6) ? 1 : 1 + random.integer(3),
      events: [{ do: 'fault', fault, forMs: seconds * 1000 }],
    },
  };
}

function outOfOrder(
  random: Random,
  region: string,
  { services, probes, ...about }: Step,
  probability: number,
): PlannedFault {
  const name = `blue-green/${about.function}`;
  const calls = { service: random.pick(services), region, probability };
  const lost = random.chance(0.5) ? { sender: region, receiver: 'internet' } : { sender: 'internet', receiver: region };
  const faults: PlannedFault[] = [
    { kind: 'error', error: 'InternalServerError', ...calls },
    { kind: 'throttle', ...calls },
    { kind: 'drop', ...calls },
    { kind: 'lose-answer', ...calls },
    { kind: 'latency', beforeMs: 1000 + random.integer(50_000), ...calls },
    { kind: 'latency', afterMs: 1000 + random.integer(50_000), ...calls },
    { kind: 'endpoint', service: calls.service, region },
    { kind: 'function-throttle', region, function: name, probability },
    {
      kind: 'function-crash',
      region,
      function: name,
      moment: random.pick(['start', 'after-call', 'end']),
      probability,
    },
    { kind: 'slow-process', region, addedMs: 500 + random.integer(4000) },
    ...(probes ? [{ kind: 'packet-loss', ...lost, probability } as const] : []),
  ];
  return random.pick(faults);
}
