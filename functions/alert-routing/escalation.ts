/**
 * Where the escalation of an episode that somebody has to acknowledge stands. It decides nothing: decide.ts does, and this
 * reads its ledger for the state machine that follows it, which is the clock and the record of one round. Pure.
 */
import { stepDueAt } from './decide.ts';
import { routeOfGroup } from './facts.ts';
import type { Group, GroupSnapshot, Incident } from './incident.ts';
import type { Table } from './table.ts';

/**
 * due: a step's time has come. waiting: until then. last: all steps are over, the default owner's turn. exhausted: the
 * default owner was told too. The others end a round: acknowledged, suppressed, over, or a newer round has begun.
 */
export type Standing = 'due' | 'waiting' | 'last' | 'exhausted' | 'acknowledged' | 'suppressed' | 'over' | 'superseded';

export interface Stand {
  readonly state: Standing;
  /** Steps taken in this round. */
  readonly level: number;
  /** When the next step is due; null when none is. */
  readonly dueAt: number | null;
}

/** From `countedFrom` until somebody acknowledges, a suppression or a rise of severity: each has a machine of its own. */
export interface Round {
  readonly incident: string;
  readonly countedFrom: number;
}

/** Only these have to be acknowledged by a person; what is lighter is asked for by the schedule alone. */
export const isGrave = ({ severity }: Pick<Incident, 'severity'>): boolean => severity === 'P0' || severity === 'P1';

export function standOf(
  snapshot: GroupSnapshot,
  { incident: key, countedFrom }: Round,
  table: Table,
  now: number,
): Stand {
  const { incident } = snapshot.group;
  const stand = (state: Standing, dueAt: number | null = null): Stand => ({
    state,
    level: incident?.steps ?? 0,
    dueAt,
  });
  if (incident?.key !== key) return stand('over');
  if (incident.acknowledged && incident.acknowledged.until > now) return stand('acknowledged');
  if (incident.suppressed) return stand('suppressed');
  if (incident.countedFrom !== countedFrom) return stand('superseded');
  const { escalation } = table.policy(routeOfGroup(snapshot, table), incident.severity);
  const steps = escalation === null ? [] : (table.routing.escalations[escalation]?.steps ?? []);
  if (steps.length === 0) return stand('over');
  if (incident.steps > steps.length) return stand('exhausted');
  const dueAt = stepDueAt(countedFrom, steps, incident.steps);
  if (dueAt > now) return stand('waiting', dueAt);
  return stand(incident.steps === steps.length ? 'last' : 'due', dueAt);
}

/** The round that a machine has to follow now; null when none has to. */
export function roundOf(snapshot: GroupSnapshot, table: Table, now: number): Round | null {
  const { incident } = snapshot.group;
  if (!incident || !isGrave(incident)) return null;
  const round = { incident: incident.key, countedFrom: incident.countedFrom };
  const { state } = standOf(snapshot, round, table, now);
  return state === 'due' || state === 'waiting' || state === 'last' ? round : null;
}

/** Of one round; a machine that died is followed by the next attempt. Step Functions allows 80 characters. */
export const executionName = ({ incident, countedFrom }: Round, attempt: number): string =>
  attempt === 0 ? `${incident}-${countedFrom}` : `${incident}-${countedFrom}-${attempt}`;

/** Incidents whose round began or ended by this change of the ledger. */
export function roundsChanged(before: Group, after: Group): string[] {
  const said = ({ incident }: Group) =>
    incident && isGrave(incident)
      ? [incident.key, incident.countedFrom, incident.acknowledged?.until, incident.suppressed].join(' ')
      : null;
  if (said(before) === said(after)) return [];
  const grave = [before.incident, after.incident].flatMap((incident) =>
    incident && isGrave(incident) ? [incident.key] : [],
  );
  return [...new Set(grave)];
}
