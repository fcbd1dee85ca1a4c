/**
 * What befalls the world in one run of the soak, as plain JSON: entries, each one fault with its moment and how long it
 * lasts, or one thing that a person does. Drawn by profile.ts, made smaller by shrink.ts, carried out by a slug's soak.
 */
import type { PlannedFault } from '../../simulator/faults.ts';
import type { TimedEvent, WorldEvent } from '../../simulator/world/events.ts';

/** `Act` is what people do; each slug has its own. */
export interface Entry<Act = unknown> {
  /** As the profile names it: 'throttle', 'dark'. */
  readonly kind: string;
  /** Seconds after the faults may begin. */
  readonly at: number;
  /** Seconds; null when it lasts beyond the end of the run, or is over at once. */
  readonly lasts: number | null;
  readonly fault?: PlannedFault;
  readonly begins?: readonly WorldEvent[];
  readonly ends?: readonly WorldEvent[];
  readonly act?: Act;
}

export interface Schedule<Act = unknown> {
  readonly slug: string;
  /** Name of the profile it was drawn from. */
  readonly profile: string;
  readonly seed: number;
  readonly entries: readonly Entry<Act>[];
  /** Position of each entry in the schedule as it was drawn, also after others were left out. */
  readonly positions: readonly number[];
}

/** As it was drawn: nothing has been left out yet. */
export const wholeSchedule = <Act>(drawn: Omit<Schedule<Act>, 'positions'>): Schedule<Act> => ({
  ...drawn,
  positions: drawn.entries.map((_, index) => index),
});

/** What a run of it is called, beside a scenario where one is named. */
export const runName = ({ profile }: Pick<Schedule, 'profile'>, beside: string | undefined): string =>
  `${beside === undefined ? '' : `${beside} with `}${profile} faults`;

/** Name under which the simulator counts the hits of an entry's fault. */
export const faultId = (position: number): string => `soak-${position}`;

/** Only the entries at these positions. Throws when there is no such entry. */
export function only<Act>(schedule: Schedule<Act>, positions: readonly number[]): Schedule<Act> {
  const kept = positions.map((position) => {
    const index = schedule.positions.indexOf(position);
    if (index < 0) throw new RangeError(`no fault ${position}; the schedule has 0 to ${schedule.entries.length - 1}`);
    return index;
  });
  return {
    ...schedule,
    entries: kept.map((index) => schedule.entries[index] as Entry<Act>),
    positions: kept.map((index) => schedule.positions[index] as number),
  };
}

/** When the last fault that ends has ended. Faults that stay are not asked about. */
export const endOf = ({ entries }: Pick<Schedule, 'entries'>): number =>
  Math.max(0, ...entries.map(({ at, lasts }) => at + (lasts ?? 0)));

/** When the last of them begins. */
export const lastBeginOf = ({ entries }: Pick<Schedule, 'entries'>): number =>
  Math.max(0, ...entries.map(({ at }) => at));

/** What people do, as a scenario has it. */
export const actsOf = <Act extends object>({ entries }: Pick<Schedule<Act>, 'entries'>): (Act & Moment)[] =>
  entries.flatMap(({ at, act }) => (act ? [{ ...act, afterSeconds: at }] : []));

interface Moment {
  readonly afterSeconds: number;
}

/** Machines by the names that they were deployed under: file stems behind the prefix. */
export const machinesUnder =
  (prefix: string) =>
  (fault: PlannedFault): PlannedFault =>
    'machine' in fault && fault.machine !== undefined
      ? ({ ...fault, machine: `${prefix}-${fault.machine}` } as PlannedFault)
      : fault;

const ms = (seconds: number): number => Math.round(seconds * 1000);

/** The world events of a schedule, in time. `resolve` puts real names in the place of a slug's own words. */
export function eventsOf(
  { entries, positions }: Pick<Schedule, 'entries' | 'positions'>,
  resolve: (fault: PlannedFault) => PlannedFault = (fault) => fault,
): TimedEvent[] {
  return entries.flatMap(({ at, lasts, fault, begins = [], ends = [] }, index): TimedEvent[] => [
    ...(fault ? [armed(fault, positions[index] as number, at, lasts, resolve)] : []),
    ...begins.map((event) => ({ ...event, afterMs: ms(at) })),
    ...(lasts === null ? [] : ends.map((event) => ({ ...event, afterMs: ms(at + lasts) }))),
  ]);
}

function armed(
  fault: PlannedFault,
  position: number,
  at: number,
  lasts: number | null,
  resolve: (fault: PlannedFault) => PlannedFault,
): TimedEvent {
  const named = { ...resolve(fault), id: faultId(position) } as PlannedFault;
  return { do: 'fault', fault: named, ...(lasts !== null && { forMs: ms(lasts) }), afterMs: ms(at) };
}
