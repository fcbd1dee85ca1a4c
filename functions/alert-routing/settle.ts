/**
 * Looks at one group, decides, and keeps the decision with its messages in one write. Started by: whoever finds a group
 * due, and after every answer of a provider or a person. Running it twice, or twice at once, changes nothing.
 */
import { contentOf, intentOf } from './content.ts';
import { type Decision, type Draft, decide } from './decide.ts';
import { StoreConflict } from './errors.ts';
import { roundsChanged } from './escalation.ts';
import { factsOf } from './facts.ts';
import type { Content, Group, GroupSnapshot, Intent } from './incident.ts';
import type { AlertStore } from './ports.ts';
import type { RecordDecision } from './record.ts';
import type { Suppressors } from './suppression.ts';
import type { Table } from './table.ts';

const ROUNDS_MAX = 10;

export interface Settling {
  readonly store: Pick<AlertStore, 'group' | 'commit' | 'silences' | 'inhibitors'>;
  readonly table: Table;
  /** Told of each incident whose escalation began or ended, once the decision is kept. */
  readonly onRound?: (incident: string) => void;
  /** Told of each decision, before it is kept. */
  readonly record?: RecordDecision;
}

/** What came from outside: the ledger with it, and messages that are no longer to be sent. */
export interface News {
  readonly change?: (group: Group) => Group;
  /** Messages that the ledger alone does not call for; asked with the ledger as it is. */
  readonly more?: (group: Group) => readonly Draft[];
  readonly done?: readonly string[];
}

/**
 * Reads silences and inhibiting alerts once for many groups. What cannot be read suppresses nothing: better told twice
 * than not at all.
 */
export async function suppressorsOf(
  store: Pick<AlertStore, 'silences' | 'inhibitors'>,
  now: number,
): Promise<Suppressors> {
  const [silences, inhibitors] = await Promise.all([
    store.silences(now).catch(() => []),
    store.inhibitors().catch(() => []),
  ]);
  return { silences, inhibitors };
}

/** @throws StoreConflict when others keep changing the group; StoreNotReady */
export async function settle(
  settling: Settling,
  key: string,
  now: number,
  news: News = {},
  suppressors?: Suppressors,
): Promise<Decision> {
  const known = suppressors ?? (await suppressorsOf(settling.store, now));
  for (let round = 1; ; round += 1) {
    const snapshot = await settling.store.group(key);
    const group = news.change?.(snapshot.group) ?? snapshot.group;
    const more = news.more?.(snapshot.group) ?? [];
    const { decision, intents } = decisionOn({ ...snapshot, group }, known, settling, now, more);
    // Before it is kept: who dies in between leaves a line too many, never one too few.
    settling.record?.(key, decision);
    try {
      const { wakeAt } = decision;
      const { version } = snapshot;
      await settling.store.commit({ group: decision.group, version, wakeAt, intents, done: news.done ?? [] });
      for (const incident of roundsChanged(snapshot.group, decision.group)) settling.onRound?.(incident);
      return decision;
    } catch (error) {
      if (!(error instanceof StoreConflict) || round >= ROUNDS_MAX) throw error;
    }
  }
}

/** The decision with the words of its messages. Pure. */
export function decisionOn(
  snapshot: GroupSnapshot,
  suppressors: Suppressors,
  { table }: Pick<Settling, 'table'>,
  now: number,
  more: readonly Draft[] = [],
): { decision: Decision; intents: Intent[] } {
  const facts = factsOf(snapshot, suppressors, table, now);
  const decided = decide(facts);
  const decision = { ...decided, drafts: [...decided.drafts, ...more] };
  if (decision.drafts.length === 0) return { decision, intents: [] };
  const hushed = facts.members.filter(({ suppression }) => suppression !== null).map(({ key }) => key);
  const telling = { table, now, suppressed: new Set(hushed) };
  const isEnding = decision.drafts.some(({ action }) => action === 'resolve');
  const goesOn = decision.drafts.some(({ action }) => action !== 'resolve');
  // Words for the incident that was open before, and for the one that is open now.
  const ended = isEnding ? contentOf({ ...telling, snapshot, suppressed: new Set() }, true) : null;
  const ongoing = goesOn ? contentOf({ ...telling, snapshot: { ...snapshot, group: decision.group } }, false) : null;
  const intents = decision.drafts.map((draft) =>
    intentOf(draft, (draft.action === 'resolve' ? ended : ongoing) as Content, snapshot.group.key, now),
  );
  return { decision, intents };
}
