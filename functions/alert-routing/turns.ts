/**
 * Which of two regions that hear of the same episode says it to a provider that knows no keys: the first by a rule that
 * both compute alike; the other only where it sees for a while that nobody did. Pure.
 * docs/decisions/012-one-of-two-regions-speaks.md
 */
import type { Content, Intent, Outcome } from './incident.ts';
import { digest } from './keys.ts';
import type { OutboxItem } from './ports.ts';
import type { ChannelConfig } from './routing.ts';

/** Longer than a provider may take to answer and its answer to reach the other region; with P0's 45 s less than a minute. */
export const TAKE_OVER_MS = 10_000;

/** Two regions that hear the same decide within so long of each other; what is further apart is said for itself. */
const SAME_MS = 300_000;

/** What some region told one channel about one incident. */
export interface Telling {
  readonly transition: string;
  readonly region: string;
  /** When it was decided, by that region's clock. */
  readonly at: number;
  readonly outcome: Told;
}
type Told = Extract<Outcome, 'accepted' | 'confirmed'>;

export interface Place {
  readonly region: string;
  /** All that may hear of the same, in an order that is the same everywhere. */
  readonly serving: readonly string[];
}

/**
 * Providers that take one key once need no turns; nor do receivers of webhooks, which get the key as a header, nor
 * heartbeats, which are each region's own.
 */
export const knowsKeys = ({ kind }: Pick<ChannelConfig, 'kind'>): boolean =>
  kind === 'pagerduty' || kind === 'webhook' || kind === 'heartbeat';

/** The step of an episode that a message tells: the same in every region that took the same decision. */
export function transitionOf(
  { action, severity, step, key }: Pick<Intent, 'action' | 'severity' | 'step' | 'key'>,
  { counts, alerts, doing }: Content,
): string {
  switch (action) {
    case 'open':
    case 'failover':
      return 'first';
    case 'raise':
      return `raise-${severity}`;
    case 'escalate':
      return `step-${step ?? 0}`;
    case 'update':
      return `update-${digest(JSON.stringify(counts), doing ?? '', ...alerts.map((each) => each.fingerprint))}`;
    case 'notice':
      return key.slice(key.lastIndexOf('/') + 1);
    default:
      return action;
  }
}

/** The region that the group is of, where it is one of ours; else one that the incident's key draws. */
export function firstSpeaker({ incident, content }: Pick<Intent, 'incident' | 'content'>, { serving }: Place): string {
  const own = content.groupLabels.region;
  if (own !== undefined && serving.includes(own)) return own;
  return serving[Number.parseInt(digest('speaker', incident).slice(0, 8), 16) % serving.length] as string;
}

export interface Turns {
  /** Said by another region already. */
  readonly told: readonly { readonly item: OutboxItem; readonly outcome: Told }[];
  /** Still to be said… */
  readonly rest: readonly OutboxItem[];
  /** …from then on. */
  readonly from: number;
}

/** Divides what one channel is to hear about one incident. */
export function turnsOf(items: readonly OutboxItem[], tellings: readonly Telling[], place: Place): Turns {
  const others = tellings.filter(({ region }) => region !== place.region);
  const isMine = tellings.length > others.length;
  const covering = ({ intent }: OutboxItem): Telling | undefined =>
    others.find((telling) => covers(telling, intent, isMine));
  const told = items.flatMap((item) => {
    const telling = covering(item);
    return telling ? [{ item, outcome: telling.outcome }] : [];
  });
  const rest = items.filter((item) => !covering(item));
  return { told, rest, from: Math.min(...rest.map(({ intent }) => speaksFrom(intent, place))) };
}

function covers({ transition, at }: Telling, intent: Intent, isMine: boolean): boolean {
  if (transition !== (intent.transition ?? intent.action)) return false;
  // Who said a beginning by itself says the end as well.
  if (intent.action === 'resolve') return !isMine;
  const isOnce = transition === 'first' || transition.startsWith('raise-') || intent.action === 'notice';
  return isOnce || Math.abs(at - intent.at) <= SAME_MS;
}

const speaksFrom = (intent: Intent, place: Place): number =>
  intent.action === 'digest' || firstSpeaker(intent, place) === place.region ? intent.at : intent.at + TAKE_OVER_MS;
