/**
 * What is open at a provider and over here, and the other way round: asked by the sweep, mended as messages of their own.
 * A provider takes a message and forgets it, a person closes a page that still fires; neither shows in our ledger. Pure.
 */
import type { Draft } from './decide.ts';
import type { Group, Incident } from './incident.ts';
import type { Routing } from './routing.ts';

/** A provider gets this long to show what it was told, and to forget what it was told is over. */
const LATE_MS = 120_000;

export interface Mending {
  readonly group: Group;
  readonly drafts: readonly Draft[];
}

const channelsOf = (routing: Routing, provider: string): string[] =>
  Object.keys(routing.channels).filter((name) => routing.channels[name]?.provider === provider);

/**
 * The page again by each channel of the provider that was told, when it shows none under the key; null when nothing is to
 * be mended. What somebody takes care of, or keeps quiet, is left as people have it.
 */
export function reopened(
  group: Group,
  isOpenThere: boolean,
  routing: Routing,
  provider: string,
  now: number,
): Mending | null {
  const { incident } = group;
  if (!incident || isOpenThere || incident.acknowledged || incident.suppressed) return null;
  const names = channelsOf(routing, provider).filter((name) => isLost(incident.told[name], now));
  if (names.length === 0) return null;
  const told = { ...incident.told };
  const drafts = names.map((channel): Draft => {
    const number = incident.told[channel]?.messages ?? 0;
    told[channel] = { askedAt: now, outcome: 'pending', page: number, messages: number + 1 };
    const reason = `${provider} does not show it, and it still fires`;
    const { key, severity } = incident;
    return { key: `${key}/${channel}/${number}`, incident: key, channel, action: 'repeat', severity, reason };
  });
  return { group: { ...group, incident: { ...incident, told } }, drafts };
}

const isLost = (told: Incident['told'][string] | undefined, now: number): boolean =>
  told !== undefined && (told.outcome === 'accepted' || told.outcome === 'confirmed') && told.askedAt <= now - LATE_MS;

/** The end again, of an incident that is over here; none when it is open here, or was closed just now. `slot` numbers it. */
export function endedAgain(
  group: Group,
  incident: string,
  routing: Routing,
  provider: string,
  slot: number,
): readonly Draft[] {
  const { closed } = group;
  if (group.incident?.key === incident) return [];
  if (closed?.key === incident && closed.at > slot - LATE_MS) return [];
  // Of an older one it is not known who was told; who knows of nothing open drops it.
  const told = closed?.key === incident ? closed.told : undefined;
  const names = channelsOf(routing, provider).filter((name) => told?.includes(name) ?? true);
  return names.map((channel): Draft => {
    const reason = `${provider} still shows it, and it is over`;
    return { key: `${incident}/${channel}/${slot}`, incident, channel, action: 'resolve', severity: 'P1', reason };
  });
}
