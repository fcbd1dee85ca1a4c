/** Stands for simulator/world/instances.ts in tests: what was booted and stopped, and the answers to probes. */
import type { Cloud } from '../../../simulator/cloud.ts';

interface Machines {
  /** Instance id → HTTP status of its probes, null for no connection, 'never' for no answer. '*' is everybody else. */
  answers: Record<string, number | null | 'never'>;
  booted: Record<string, unknown>;
  stopped: string[];
  probes: number;
}

const fresh = (): Machines => ({ answers: {}, booted: {}, stopped: [], probes: 0 });

/** One for each test file, as vitest gives each its own modules. */
export const machines: Machines = fresh();

export const resetMachines = (): void => {
  Object.assign(machines, fresh());
};

/** Members of the module that it stands for. */
export const world = {
  bootInstance: async (_cloud: Cloud, boot: { instanceId: string }): Promise<void> => {
    machines.booted[boot.instanceId] = boot;
  },
  stopInstance: async (_cloud: Cloud, instanceId: string): Promise<void> => {
    machines.stopped.push(instanceId);
  },
  probeInstance: async (_cloud: Cloud, { instanceId }: { instanceId: string }): Promise<{ status: number } | null> => {
    machines.probes++;
    const answer = machines.answers[instanceId] ?? machines.answers['*'] ?? null;
    if (answer === 'never') return new Promise(() => {});
    return answer === null ? null : { status: answer };
  },
};
