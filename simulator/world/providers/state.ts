/**
 * What the providers of notifications hold: PagerDuty's services and alerts, Slack's channels, plain receivers, watched
 * heartbeats; who is on call; and what is the matter with each provider. Plain data, outside every region.
 */
import type { Cloud } from '../../cloud.ts';
import type { Context } from '../../service.ts';
import { INTERNET } from '../place.ts';

export type ProviderName = 'pagerduty' | 'slack' | 'webhook' | 'heartbeat';

/** What can be the matter with a provider. */
export type Trouble =
  /** Every request is refused with this status. */
  | { readonly kind: 'outage'; readonly status: number }
  /** No answer comes at all, and nothing is taken. */
  | { readonly kind: 'hang' }
  /** Answers take so much longer; what was asked is done at the end of it. */
  | { readonly kind: 'slow'; readonly addedMs: number }
  /** Accepted, and nothing comes of it. */
  | { readonly kind: 'forgets' }
  /** Its own calls out (webhooks) come twice. */
  | { readonly kind: 'repeats-webhooks' }
  /** Its own calls out never leave. */
  | { readonly kind: 'loses-webhooks' };

export interface TroubleInForce {
  readonly id: string;
  readonly provider: ProviderName;
  readonly trouble: Trouble;
}

/** Somebody on call. */
export interface Person {
  readonly name: string;
  /** From the call to the acknowledgement, in milliseconds, drawn evenly; null: never takes the call. */
  readonly acknowledgesMs: readonly [least: number, most: number] | null;
}

/** A service with an Events API v2 integration. */
export interface PagerDutyService {
  readonly routingKey: string;
  readonly name: string;
  /** Where incident events are sent (webhooks v3), and the secret that signs each. */
  readonly webhooks: readonly { readonly url: string; readonly secret: string }[];
  /** Null: incidents of this service call nobody. */
  readonly onCall: Person | null;
  /** Of the REST API. */
  readonly apiToken: string | null;
}

export interface PagerDutyIncident {
  readonly id: string;
  readonly routingKey: string;
  readonly dedupKey: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  readonly openedAt: number;
  triggers: number;
}

export interface SlackMessage {
  readonly ts: string;
  readonly channel: string;
  text: string;
  /** In the thread of. */
  readonly thread: string | null;
  readonly at: number;
}

/** A check that expects a ping at least this often (as dead man's switches do). */
export interface WatchedHeartbeat {
  readonly name: string;
  readonly everyMs: number;
  /** Beyond `everyMs`, before it alarms. */
  readonly graceMs: number;
  lastAt: number | null;
  /** When it last told its own people that nothing came. */
  silentSince: number | null;
}

export interface ProvidersState {
  readonly troubles: TroubleInForce[];
  readonly pagerduty: {
    readonly services: Record<string, PagerDutyService>;
    readonly incidents: PagerDutyIncident[];
    /** Times of the accepted events of the last minute, per routing key. */
    readonly recent: Record<string, number[]>;
  };
  readonly slack: {
    /** Token → name of the application. */
    readonly tokens: Record<string, string>;
    /** Channels that exist, by name. */
    readonly channels: Record<string, { nextAt: number; messages: SlackMessage[] }>;
    /** Path of an incoming webhook → channel. */
    readonly hooks: Record<string, string>;
  };
  /** Host name → what it expects. */
  readonly receivers: Record<string, { readonly bearer: string | null }>;
  /** Host and path → check. */
  readonly heartbeats: Record<string, WatchedHeartbeat>;
}

export const initialProviders = (): ProvidersState => ({
  troubles: [],
  pagerduty: { services: {}, incidents: [], recent: {} },
  slack: { tokens: {}, channels: {}, hooks: {} },
  receivers: {},
  heartbeats: {},
});

export type Providers = Context<ProvidersState>;

/** The name of the part, by which its timers are scheduled. */
export const PROVIDERS = 'world.providers';

export function providersState(cloud: Cloud): ProvidersState {
  const part = cloud.services.get(PROVIDERS);
  if (!part) throw new Error('this cloud was made without providers');
  return cloud.stateOf<ProvidersState>(part, INTERNET);
}

/** Schedules one of the part's timers. */
export function afterwards(cloud: Cloud, milliseconds: number, name: string, data: unknown): void {
  const at = cloud.now + Math.round(milliseconds);
  cloud.clock.schedule({ at, region: INTERNET, service: PROVIDERS, name, data });
}

/** Whether this is the matter with the provider now. */
export function troubleOf<K extends Trouble['kind']>(
  cloud: Cloud,
  provider: ProviderName,
  kind: K,
): Extract<Trouble, { kind: K }> | undefined {
  const { troubles } = providersState(cloud);
  const found = troubles.find((each) => each.provider === provider && each.trouble.kind === kind);
  return found?.trouble as Extract<Trouble, { kind: K }> | undefined;
}

export const providersRandom = (cloud: Cloud) => cloud.random(PROVIDERS);
