/**
 * What a remediation asks for, and whether it can be done now. It asks those who do it: each has guards and a fence of its
 * own and takes the same request twice as one. Used by remediate.ts.
 */
import type { Bus, Executions } from '../shared/ports.ts';
import type { Releases } from '../shared/release-ports.ts';
import type { RemediateConfig } from './config.ts';
import type { Remediation } from './routing.ts';

export interface RemedyPorts {
  readonly bus: Bus;
  readonly releases: Pick<Releases, 'read'>;
  /** Of the machine of that name in this region. */
  readonly machine: (name: string) => Pick<Executions, 'start'>;
  readonly config: RemediateConfig;
}

export type Plan =
  /** `name` tells it from any other, `reason` why. */
  { readonly says: string; ask(name: string, reason: string): Promise<void> } | { readonly obstacle: string };

type Planner = (remediation: Remediation, ports: RemedyPorts) => Promise<Plan>;

/** What cannot be read is an obstacle: unknown holds. */
export async function planOf(remediation: Remediation, ports: RemedyPorts): Promise<Plan> {
  try {
    return await planners[remediation.action](remediation, ports);
  } catch (error) {
    return { obstacle: `whether it can be done could not be read (${(error as Error).name})` };
  }
}

const by = ({ id }: Remediation): string => `alert routing (${id})`;

const planners: Readonly<Record<Remediation['action'], Planner>> = {
  /** This region is the one to be activated; that the other one has the application is looked at by the failover. */
  async 'region-failover'(remediation, { bus, config }) {
    const { application, region: target, servingRegions } = config;
    const from = servingRegions.find((region) => region !== target) as string;
    return {
      says: `asked for the move from ${from} to ${target}`,
      async ask(_name, reason) {
        const detail = { application, target, from, by: by(remediation), reason, automatic: true };
        await bus.put('Region failover requested', detail);
      },
    };
  },
  async rollback(remediation, { bus, releases, config }) {
    const { lease, live, retained } = await releases.read();
    const release = lease?.releaseId ?? (live && retained ? live.releaseId : null);
    if (release === null) return { obstacle: 'no release is under way, and nothing is kept to go back to' };
    const { application } = config;
    return {
      says: `asked to take back the release ${release}`,
      async ask(_name, reason) {
        await bus.put('Release decided', { application, release, decision: 'roll-back', by: by(remediation), reason });
      },
    };
  },
  async runbook(remediation, { machine, config }) {
    const { application } = config;
    return {
      says: `started the runbook ${remediation.target}`,
      async ask(name, reason) {
        await machine(remediation.target).start(name.slice(0, 80), { application, by: by(remediation), reason });
      },
    };
  },
};
