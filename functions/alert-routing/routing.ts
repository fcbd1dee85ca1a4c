/**
 * The routing configuration: who hears of what, when and how. Data, validated here for its form and in check.ts for its
 * sense (routes that nothing reaches, missing owners, cycles). Units are in the names; times are source or wall times as
 * said.
 */
import * as z from 'zod';
import { Matchers } from './matchers.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower case letters, digits and hyphens');
const seconds = z.number().int().min(0);
const url = z.url({ protocol: /^https?$/ });

export const Severity = z.enum(['P0', 'P1', 'P2', 'P3']);

const minutes = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'HH:MM from 00:00 to 24:00');

export const Calendar = z.strictObject({
  /** An IANA zone name. One that this runtime does not know counts as always open. */
  zone: z.string().min(1),
  /** Half-open: 09:00–17:00 does not hold at 17:00. A window ends the day it began. */
  windows: z
    .array(
      z.strictObject({
        /** 1 Monday … 7 Sunday. */
        days: z.array(z.number().int().min(1).max(7)).min(1),
        from: minutes,
        to: minutes,
      }),
    )
    .min(1),
  /** Local dates without business hours. */
  holidays: z.array(z.iso.date()),
  /** Until when the holidays are complete; from then on a check warns that they have to be renewed. */
  holidaysUntil: z.iso.date(),
});
export type Calendar = z.infer<typeof Calendar>;

/** How one severity is told. */
export const Policy = z.strictObject({
  /** The first is told; the next take over where it cannot. A P0 needs two of different providers. */
  channels: z.array(id).min(1),
  /** All of them are told at once, not one in another's place. */
  together: z.boolean().optional(),
  /** False: nobody hears that it is over. For heartbeats alone. */
  tellsEnd: z.boolean().optional(),
  /** How long the first alert of a group waits for the others. 0 for P0. */
  waitSeconds: seconds,
  /** Least time between two messages of one incident to one channel, but for a rise of severity. */
  intervalSeconds: seconds,
  /** Said again while it fires and nobody took care; null: never. */
  repeatSeconds: seconds.nullable(),
  /** always, or a calendar: outside of its hours it waits for the next ones. */
  hours: z.union([z.literal('always'), id]),
  /** opening: the next business hours. next-business-day: those of a later local date, strictly. */
  starts: z.enum(['opening', 'next-business-day']),
  /** After this long without a provider's confirmation the next channel is told as well; null: only when refused. */
  confirmSeconds: seconds.nullable(),
  /** An escalation; null: nobody else is asked. */
  escalation: id.nullable(),
  /** How long an acknowledgement holds. */
  acknowledgedSeconds: seconds.min(60),
});
export type Policy = z.infer<typeof Policy>;

export const Escalation = z.strictObject({
  /** Each step so long after the one before; the last one repeats. */
  steps: z.array(z.strictObject({ afterSeconds: seconds.min(1), channels: z.array(id).min(1) })).min(1),
});
export type Escalation = z.infer<typeof Escalation>;

export const ChannelConfig = z.strictObject({
  /** heartbeat: a monitor hears that it works, once another channel has carried the message, where one is named. */
  kind: z.enum(['pagerduty', 'slack', 'email', 'webhook', 'sns', 'heartbeat']),
  /** Of a heartbeat: the channel that carries it, and what differs, so that it reaches nobody who could be woken. */
  through: z
    .strictObject({ channel: id, target: z.string().min(1).optional(), secret: z.string().optional() })
    .optional(),
  /** Two channels of one provider are down together. */
  provider: z.string().min(1),
  /** Where: a URL, an address, a topic ARN, a Slack channel. What is secret is never here. */
  target: z.string().min(1),
  /** Name of the secret with its key, token or signing secret; null when it needs none. */
  secret: z.string().nullable(),
  ratePerMinute: z.number().int().min(1),
  burst: z.number().int().min(1),
  /** How many of `burst` only a P0 may use. */
  reservedForP0: z.number().int().min(0),
  /** What is above the rate: digest folds it into one message with exact counts, queue sends it later. */
  overflow: z.enum(['digest', 'queue']),
});
export type ChannelConfig = z.infer<typeof ChannelConfig>;

const Owner = z.strictObject({
  name: z.string().min(1),
  contact: z.string().min(1),
  /** The default owner is told by these when an escalation has run out. */
  channels: z.array(id).default([]),
});

export const Route = z.strictObject({
  id,
  /** The first route whose matchers hold takes the alert; the last must be empty: the default. Never on severity. */
  when: Matchers,
  owner: id.nullable(),
  runbookUrl: url.nullable(),
  graphUrl: url.nullable(),
  /** Labels whose values make the group; ['...'] makes each alert a group of its own. */
  groupBy: z.array(z.string().min(1)),
  /** Severities that can come out of this route: what is graver or lighter is brought to the nearest of them. */
  severities: z.array(Severity).min(1),
  /** How long all must be quiet before an incident is over; a shorter pause is the same incident. */
  quietSeconds: seconds,
  /** What differs from the policies here. */
  policies: z.partialRecord(Severity, Policy.partial()).optional(),
});
export type Route = z.infer<typeof Route>;

export const Inhibition = z.strictObject({
  id,
  /** While an alert matching these fires… */
  source: Matchers,
  /** …those matching these are not told of… */
  target: Matchers,
  /** …where these labels are equal. A label missing on both counts as equal. */
  equal: z.array(z.string().min(1)),
});
export type Inhibition = z.infer<typeof Inhibition>;

export const Remediation = z.strictObject({
  id,
  action: z.enum(['region-failover', 'rollback', 'runbook']),
  /** What is started; for a runbook its machine. */
  target: z.string().min(1),
  /** Two independent signals: two alerts of different sources or names, one matching each. */
  when: z.tuple([Matchers, Matchers]),
  /** Both must have begun within this time of each other. */
  withinSeconds: seconds.min(1),
  cooldownSeconds: seconds.min(1),
  perDayMax: z.number().int().min(1),
  /** automatic, or a person is asked. */
  approval: z.enum(['automatic', 'person']),
});
export type Remediation = z.infer<typeof Remediation>;

export const Routing = z.strictObject({
  application: z.string().min(1),
  owners: z.record(id, Owner),
  /** Who gets what nobody could route or read; a key of owners. */
  defaultOwner: id,
  /** The first that matches decides, before what the source says. */
  severities: z.array(z.strictObject({ id, when: Matchers, severity: Severity })),
  /** Where neither a rule nor the source says anything. */
  defaultSeverity: Severity,
  routes: z.array(Route).min(1),
  policies: z.record(Severity, Policy),
  escalations: z.record(id, Escalation),
  channels: z.record(id, ChannelConfig),
  calendars: z.record(id, Calendar),
  inhibitions: z.array(Inhibition),
  remediations: z.array(Remediation),
  /** So many firings within the window make an alert flap: it then has to be quiet for longer. */
  flap: z.strictObject({ firings: z.number().int().min(2).max(16), windowSeconds: seconds, quietSeconds: seconds }),
  silence: z.strictObject({ secondsMax: seconds.min(60), noticeSeconds: seconds }),
  /** How soon what is suppressed is looked at again: the tick within which nothing stays forgotten. */
  recheckSeconds: seconds.min(1).max(60),
  /** How long a mute of the source's own counts when it does not say its end. */
  sourceMuteSecondsMax: seconds.min(60),
  /** Least wait of an alert that an inhibition may target, P0 excepted, so that its source can arrive first. */
  inhibitHoldSeconds: seconds,
});
export type Routing = z.infer<typeof Routing>;
