/** What one soaked run of region failover reached, in the counts of console/soak/coverage.ts, and what could be reached. */
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { lambda } from '../../../simulator/lambda/index.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import cleanUpMachine from '../../../statemachines/region-failover-clean-up.asl.json' with { type: 'json' };
import { type Coverage, counted, type Reachable } from '../../soak/coverage.ts';
import { everything, passedBy } from '../../soak/machine-map.ts';
import type { Profile } from '../../soak/profile.ts';
import { faultId, type Schedule } from '../../soak/schedule.ts';
import { type Evidence, wasCarriedOut } from './evidence.ts';
import { INVARIANTS } from './invariants.ts';
import { isLatch } from './invariants-decisions.ts';
import { succeeded } from './invariants-steps.ts';
import { OUTCOMES } from './scenario.ts';

const MAIN = 'region-failover';
const CLEAN_UP = 'region-failover-clean-up';

export function reachable(profile: Profile): Reachable {
  const machines = [everything(MAIN, JSON.stringify(machine)), everything(CLEAN_UP, JSON.stringify(cleanUpMachine))];
  const kinds = [...new Set(profile.groups.flatMap(({ kinds }) => Object.keys(kinds)))];
  return {
    states: machines.flatMap(({ states }) => states),
    transitions: machines.flatMap(({ transitions }) => transitions),
    retries: machines.flatMap(({ retries }) => retries),
    catches: machines.flatMap(({ catches }) => catches),
    drawn: kinds,
    hit: kinds,
    invariants: INVARIANTS.map(({ id }) => id),
    outcomes: OUTCOMES,
  };
}

export function coverageOf(
  cloud: Cloud,
  names: Names,
  evidence: Evidence,
  outcome: string,
  schedule: Schedule,
): Coverage {
  const passed = passedBy(cloud, machineNames(cloud, names));
  const { entries, positions } = schedule;
  const isHit = entries.map((entry, index) => (entry.fault ? hits(cloud, positions[index] as number) > 0 : true));
  const sites = callSites(cloud);
  return {
    states: counted(passed.states),
    transitions: counted(passed.transitions),
    retries: counted(passed.retries),
    catches: counted(passed.catches),
    drawn: counted(entries.map(({ kind }) => kind)),
    hit: counted(entries.filter((_, index) => isHit[index]).map(({ kind }) => kind)),
    calls: counted(sites.map(({ site }) => site)),
    injected: counted(sites.filter(({ injected }) => injected).map(({ site }) => site)),
    invariants: counted(INVARIANTS.filter(({ id }) => arose(id, evidence)).map(({ id }) => id)),
    outcomes: counted([outcome]),
  };
}

const hits = (cloud: Cloud, position: number): number => cloud.state.faults.hits[faultId(position)] ?? 0;

/** The clean-up machine's name is CloudFormation's. */
function machineNames(cloud: Cloud, names: Names): Map<string, string> {
  const found = new Map([[names.workflow, MAIN]]);
  for (const region of cloud.state.regions) {
    for (const { name } of Object.values(cloud.stateOf(stepFunctions, region).machines)) {
      if (name !== names.workflow) found.set(name, CLEAN_UP);
    }
  }
  return found;
}

/** Which code made which call: '<function> <service>:<operation>', and whether a fault took part in it. */
function callSites(cloud: Cloud): { site: string; injected: boolean }[] {
  const handlers = new Map(
    cloud.state.regions.flatMap((region) =>
      Object.values(cloud.stateOf(lambda, region).functions).map(({ name, description }) => [
        name,
        description?.split('/').at(-1) ?? name,
      ]),
    ),
  );
  return cloud.trace.entries.flatMap(({ source, what, detail }) => {
    const { by, input, faulted = false } = (detail ?? {}) as { by?: string; input?: unknown; faulted?: boolean };
    if (by === undefined || input === undefined) return [];
    const session = by.split('/').at(-1) ?? '';
    const caller = handlers.get(session) ?? (session.startsWith('i-') ? 'app' : undefined);
    return caller === undefined ? [] : [{ site: `${caller} ${source}:${what}`, injected: faulted }];
  });
}

const ARISES: Readonly<Record<string, (evidence: Evidence) => boolean>> = {
  I1: ({ writes }) => new Set(writes.map(({ epoch }) => epoch)).size > 1,
  I2: ({ authority }) => new Set(authority.map(({ epoch }) => epoch)).size > 1,
  I3: ({ promotions }) => promotions.length > 0,
  I4: ({ calls }) => calls.filter((call) => isLatch(call) && wasCarriedOut(call)).length > 1,
  I5: ({ jobs }) => new Set(jobs.map(({ region }) => region)).size > 1,
  I6: ({ authority }) => authority.some(({ phase }) => phase === 'fencing'),
  I7: ({ promotions, authority }) =>
    promotions.some(({ t }) => authority.findLast((version) => version.t <= t)?.claim?.person === false),
  I8: ({ promotions }) => promotions.some(({ lagSeconds }) => (lagSeconds ?? 0) > 5),
  I9: ({ executions, authority }) => executions.length > 1 && authority.some(({ claim }) => claim !== null),
  I10: ({ authority, executions }) =>
    executions.some(({ from, input }) => {
      const version = authority.findLast(({ t }) => t <= from);
      return input.trigger !== 'person' && (version?.movedAt !== null || version?.automation === 'off');
    }),
  I11: ({ authority }) => authority.some(({ claim }) => claim !== null),
  I12: ({ executions }) => executions.some(({ input }) => input.resume !== undefined),
  I13: ({ authority }) =>
    authority.some(({ phase }, index) => phase === 'active' && authority[index - 1]?.phase === 'fencing'),
  I15: ({ executions }) => executions.some(succeeded),
  I16: ({ executions }) => executions.some(succeeded),
  rights: ({ calls }) => calls.length > 0,
};

/** Whether what the invariant is about came to pass, so that it could have been broken. */
function arose(id: string, evidence: Evidence): boolean {
  const arises = ARISES[id.split('/').at(-1) ?? ''];
  if (!arises) throw new Error(`soak-coverage.ts does not say when the case of ${id} arises`);
  return arises(evidence);
}
