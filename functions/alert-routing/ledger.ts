/** What happened outside is written into a group's ledger here: answers of providers, acknowledgements of people. Pure. */
import type { Acknowledgement, Group, Intent, Outcome } from './incident.ts';

/** The number a message has within its incident and channel. */
export const numberOf = ({ key }: Pick<Intent, 'key'>): number => Number(key.slice(key.lastIndexOf('/') + 1));

/** The group with a provider's answer in it; the same when it is about an incident that is no longer open. */
export function withOutcome(
  group: Group,
  { key, incident: of, channel }: Pick<Intent, 'key' | 'incident' | 'channel'>,
  outcome: Exclude<Outcome, 'pending'>,
): Group {
  const { incident } = group;
  const told = incident?.told[channel];
  if (!incident || !told || incident.key !== of) return group;
  // A later message carries the incident as well as the page does. An answer never takes back a better one.
  if (!(numberOf({ key }) >= told.page) || told.outcome === 'confirmed') return group;
  return { ...group, incident: { ...incident, told: { ...incident.told, [channel]: { ...told, outcome } } } };
}

/** The group with a provider's news that it shows the incident: for every channel of it that was told. */
export const withShown = (group: Group, incident: string, channels: readonly string[]): Group =>
  channels.reduce((ledger, channel) => {
    const message = ledger.incident?.told[channel]?.messages ?? 0;
    return withOutcome(ledger, { key: `${incident}/${channel}/${message}`, incident, channel }, 'confirmed');
  }, group);

/** Why an acknowledgement changes nothing. */
export type NotAcknowledged = 'no such open incident' | 'already acknowledged by then';

/** Of one episode: that of the next one, or of the one before, is another incident and stays as it is. */
export function withAcknowledgement(
  group: Group,
  incidentKey: string,
  acknowledged: Omit<Acknowledgement, 'severity'>,
): { readonly group: Group; readonly refused: NotAcknowledged | null } {
  const { incident } = group;
  if (!incident || incident.key !== incidentKey) return { group, refused: 'no such open incident' };
  // The one that lasts longest holds, whichever comes first.
  if (incident.acknowledged && incident.acknowledged.until >= acknowledged.until) {
    return { group, refused: 'already acknowledged by then' };
  }
  return {
    group: { ...group, incident: { ...incident, acknowledged: { ...acknowledged, severity: incident.severity } } },
    refused: null,
  };
}

/** What Mainstay does about a group, for its messages; the same group when it was said already. */
export const withDoing = (group: Group, doing: string | null): Group =>
  (group.doing ?? null) === doing ? group : { ...group, doing };

/** What was tried did not help: who relied on it is asked anew, from the first step on. */
export const withoutAcknowledgement = (group: Group, now: number): Group =>
  group.incident?.acknowledged
    ? { ...group, incident: { ...group.incident, acknowledged: null, countedFrom: now, steps: 0 } }
    : group;
