/** What a scenario lets happen to the world, as data with times, so that a schedule can be drawn, saved and replayed. */
import type { Cloud } from '../cloud.ts';
import { AnswerLost, AwsError, Unreachable } from '../errors.ts';
import { addFault, cutOff, type Fault, type PlannedFault, rejoin, removeFault } from '../faults.ts';
import { type Context, defineService } from '../service.ts';
import { instancesState, runningOn } from './instances.ts';
import { crashMachine, loseMachine, pauseMachine, runningMachines, wakeMachine } from './machines.ts';
import { INTERNET } from './place.ts';
import { beginTrouble, changeByHand, endTrouble, type ProviderName, type Trouble } from './providers/index.ts';
import { type PushedRelease, pushRelease } from './releases.ts';

/** The n-th machine that runs there, of a colour where one is named. */
interface Place {
  readonly region: string;
  readonly nth: number;
  readonly colour?: string;
}

export type WorldEvent =
  | { readonly do: 'goDark' | 'comeBack' | 'cutOff' | 'rejoin'; readonly region: string }
  /** One direction between two places; '*' is every other place. */
  | { readonly do: 'cut' | 'mend'; readonly from: string; readonly to: string }
  /** Any fault (simulator/faults/kinds.ts) is in force from now until `forMs` later; left out, to the end. */
  | { readonly do: 'fault'; readonly fault: PlannedFault; readonly forMs?: number }
  /** Takes it away early, by its id. Nothing happens when there is none. */
  | { readonly do: 'endFault'; readonly id: string }
  | { readonly do: 'lag'; readonly globalClusterId: string; readonly addedMs: number; readonly growsBySecondMs: number }
  | { readonly do: 'endLag'; readonly globalClusterId: string }
  /** Every database operation of the region takes so much longer; 0 ends it. */
  | { readonly do: 'slowDatabase' | 'slowPool'; readonly region: string; readonly addedMs: number }
  /**
   * The process of an instance or a task, by id or as the n-th that runs in a region; nothing happens when there is none.
   * `pauseInMidWrite` waits until it has a write that is allowed and not yet on the wire. `lose` ends the machine: its
   * hardware fails.
   */
  | {
      readonly do: 'pause' | 'pauseInMidWrite' | 'wake' | 'crash' | 'lose';
      readonly instance: string | Place;
    }
  /** Neither EC2 nor Fargate can launch anything in the region. */
  | { readonly do: 'shortage' | 'endShortage'; readonly region: string }
  | { readonly do: 'skewClock'; readonly region: string; readonly byMs: number }
  /** The pipeline pushes a release to ECR; where ECR refuses it, the trace says so and nothing else happens. */
  | ({ readonly do: 'pushImage' } & PushedRelease)
  /** Something is the matter with a provider of notifications, until its end or to the end. */
  | { readonly do: 'trouble'; readonly id: string; readonly provider: ProviderName; readonly trouble: Trouble }
  | { readonly do: 'endTrouble'; readonly id: string }
  /** Somebody closes every open incident in PagerDuty itself, or opens the last closed one again. */
  | { readonly do: 'closePages' | 'reopenPage' };

export type TimedEvent = WorldEvent & { readonly afterMs: number };

interface EventsState {
  /** Instances paused by place, so that `wake` of the same place finds the same one. */
  readonly paused: Record<string, string>;
}

export const events = defineService<object, EventsState>({
  name: 'world.events',
  homeRegion: INTERNET,
  initialState: () => ({ paused: {} }),
  operations: {},
  access: {},
  timers: { happen: (event: WorldEvent, context: Context<EventsState>) => happen(context.cloud, event) },
});

/** Lets each event happen `afterMs` from now. */
export function scheduleEvents(cloud: Cloud, timed: readonly TimedEvent[]): void {
  for (const { afterMs, ...event } of timed) {
    const at = cloud.now + afterMs;
    cloud.clock.schedule({ at, region: INTERNET, service: events.name, name: 'happen', data: event });
  }
}

/** Lets one event happen now. */
export function happen(cloud: Cloud, event: WorldEvent): void | Promise<void> {
  if (event.do !== 'goDark' && event.do !== 'comeBack') {
    const { do: what, ...detail } = event;
    cloud.note('region' in event ? event.region : INTERNET, events.name, what, detail);
  }
  const act = actions[event.do] as (cloud: Cloud, event: WorldEvent) => void | Promise<void>;
  return act(cloud, event);
}

type Actions = {
  [K in WorldEvent['do']]: (cloud: Cloud, event: Extract<WorldEvent, { do: K }>) => void | Promise<void>;
};

const actions: Actions = {
  goDark: (cloud, { region }) => cloud.goDark(region),
  comeBack: (cloud, { region }) => cloud.comeBack(region),
  cutOff: (cloud, { region }) => cutOff(cloud.state.faults, region),
  rejoin: (cloud, { region }) => rejoin(cloud.state.faults, region),
  cut: (cloud, { from, to }) => void cloud.state.faults.cuts.push({ from, to }),
  mend: ({ state: { faults } }, { from, to }) => {
    faults.cuts = faults.cuts.filter((cut) => cut.from !== from || cut.to !== to);
  },
  fault: (cloud, { fault, forMs }) => {
    const until = forMs === undefined ? {} : { until: cloud.now + forMs };
    addFault(cloud, { ...fault, from: cloud.now, ...until });
  },
  endFault: (cloud, { id }) => void removeFault(cloud, id),
  lag: (cloud, { globalClusterId, addedMs, growsBySecondMs }) =>
    stand(cloud, {
      kind: 'replication-lag',
      id: `lag of ${globalClusterId}`,
      globalClusterId,
      addedMs,
      growsBySecondMs,
    }),
  endLag: (cloud, { globalClusterId }) => void removeFault(cloud, `lag of ${globalClusterId}`),
  slowDatabase: (cloud, { region, addedMs }) =>
    stand(cloud, { kind: 'slow-database', id: `slow database in ${region}`, region, addedMs }, addedMs > 0),
  slowPool: (cloud, { region, addedMs }) =>
    stand(cloud, { kind: 'slow-pool', id: `slow pool in ${region}`, region, addedMs }, addedMs > 0),
  pause: (cloud, { instance }) => {
    const id = named(cloud, instance);
    if (id === undefined) return;
    pausedOf(cloud)[JSON.stringify(instance)] = id;
    pauseMachine(cloud, id);
  },
  pauseInMidWrite: (cloud, { instance }) => {
    const id = named(cloud, instance);
    if (id === undefined) return;
    pausedOf(cloud)[JSON.stringify(instance)] = id;
    instancesState(cloud).pausedByNextWrite[id] = true;
  },
  wake: (cloud, { instance }) => {
    const id = pausedOf(cloud)[JSON.stringify(instance)];
    // It may have been terminated or restarted meanwhile.
    if (id !== undefined && runningMachines(cloud).includes(id)) wakeMachine(cloud, id);
  },
  crash: (cloud, { instance }) => {
    const id = named(cloud, instance);
    if (id !== undefined) crashMachine(cloud, id);
  },
  lose: async (cloud, { instance }) => {
    const id = named(cloud, instance);
    if (id !== undefined) await loseMachine(cloud, id);
  },
  shortage: (cloud, { region }) => stand(cloud, { kind: 'shortage', id: `shortage in ${region}`, region }),
  endShortage: (cloud, { region }) => void removeFault(cloud, `shortage in ${region}`),
  pushImage: async (cloud, { do: _, ...release }) => {
    try {
      await pushRelease(cloud, release);
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof Unreachable || error instanceof AnswerLost)) throw error;
      cloud.note(release.region, events.name, 'push.failed', { message: error.message });
    }
  },
  skewClock: (cloud, { region, byMs }) =>
    stand(cloud, { kind: 'clock-skew', id: `clocks of ${region}`, region, byMs }, byMs !== 0),
  trouble: (cloud, { id, provider, trouble }) => beginTrouble(cloud, { id, provider, trouble }),
  endTrouble: (cloud, { id }) => endTrouble(cloud, id),
  closePages: (cloud) => changeByHand(cloud, 'resolved', 'somebody'),
  reopenPage: (cloud) => changeByHand(cloud, 'triggered', 'somebody'),
};

/** Puts a fault in force until an event of the same name takes its place or ends it. */
function stand(cloud: Cloud, fault: Fault & { readonly id: string }, wanted = true): void {
  if (wanted) addFault(cloud, { ...fault, from: cloud.now });
  else removeFault(cloud, fault.id);
}

const pausedOf = (cloud: Cloud): Record<string, string> => cloud.stateOf<EventsState>(events, INTERNET).paused;

function named(cloud: Cloud, instance: string | Place): string | undefined {
  if (typeof instance === 'string') return runningMachines(cloud).find((id) => id === instance);
  const { region, nth, colour } = instance;
  const there = runningMachines(cloud, region);
  return (colour === undefined ? there : there.filter((id) => runningOn(cloud, id).colour === colour))[nth];
}
