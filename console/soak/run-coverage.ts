/** What one soaked run reached, in the counts of coverage.ts, and what a capability's runs could reach. */
import type { Cloud } from '../../simulator/cloud.ts';
import { lambda } from '../../simulator/lambda/index.ts';
import { type Coverage, counted, type Reachable } from './coverage.ts';
import { everything, passedBy } from './machine-map.ts';
import type { Profile } from './profile.ts';
import { faultId, type Schedule } from './schedule.ts';

/** All that the capability's machines and checks hold, by the names that runs count in. */
export function reachableBy(
  profile: Profile,
  /** File stem of each machine → its definition. */
  machines: Readonly<Record<string, unknown>>,
  invariants: readonly string[],
  outcomes: readonly string[],
): Reachable {
  const maps = Object.entries(machines).map(([name, definition]) => everything(name, JSON.stringify(definition)));
  const kinds = [...new Set(profile.groups.flatMap(({ kinds: each }) => Object.keys(each)))];
  return {
    states: maps.flatMap(({ states }) => states),
    transitions: maps.flatMap(({ transitions }) => transitions),
    retries: maps.flatMap(({ retries }) => retries),
    catches: maps.flatMap(({ catches }) => catches),
    drawn: kinds,
    hit: kinds,
    invariants,
    outcomes,
  };
}

/** Whether what an invariant is about came to pass, so that it could have been broken; by the end of its id. */
export type Arises<Evidence> = Readonly<Record<string, (evidence: Evidence) => boolean>>;

/** Those invariants whose case arose. Throws where nobody says when one does. */
export const arisenIn = <Evidence>(
  ids: readonly string[],
  arises: Arises<Evidence>,
  evidence: Evidence,
): readonly string[] =>
  ids.filter((id) => {
    const own = arises[id.split('/').at(-1) ?? ''];
    if (!own) throw new Error(`soak-coverage.ts does not say when the case of ${id} arises`);
    return own(evidence);
  });

export interface Soaked {
  readonly cloud: Cloud;
  /** Name of each machine in the cloud → its file stem. */
  readonly machines: ReadonlyMap<string, string>;
  readonly schedule: Schedule;
  readonly outcome: string;
  /** Ids of the invariants whose case came to pass, so that they could have been broken. */
  readonly arose: readonly string[];
}

export function coverageOfRun({ cloud, machines, schedule, outcome, arose }: Soaked): Coverage {
  const passed = passedBy(cloud, machines);
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
    invariants: counted(arose),
    outcomes: counted([outcome]),
  };
}

const hits = (cloud: Cloud, position: number): number => cloud.state.faults.hits[faultId(position)] ?? 0;

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
