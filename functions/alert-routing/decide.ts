/**
 * What is to be said about one group of alerts now, to whom and why, and when to look again. Pure: facts in; the next
 * ledger, drafts of messages and every reason out. Asked whenever the group changed and whenever its time has come; asked
 * twice with the same facts it says the same, and after its own ledger is kept it says nothing more.
 */
import type { Episode } from './episode.ts';
import type { Group, Incident, IntentAction, Told } from './incident.ts';
import type { Escalation, Policy } from './routing.ts';
import type { Severity } from './signal.ts';
import type { Suppression } from './suppression.ts';

/** One alert of the group that fires. */
export interface Member {
  readonly key: string;
  readonly severity: Severity;
  /** By our clock. */
  readonly seenAt: number;
  /** Why it is not to be told of now; null when it is to be heard. */
  readonly suppression: Suppression | null;
}

export interface SilenceFact {
  /** With its end, so that a prolonged silence is announced again. */
  readonly id: string;
  readonly by: string;
  readonly endsAt: number;
  readonly noticeAt: number;
}

/** Times in milliseconds since the epoch. */
export interface Facts {
  readonly now: number;
  readonly group: Group;
  readonly episode: Episode | null;
  /** All that fire. */
  readonly members: readonly Member[];
  /** The gravest of those to be heard; null when there is none. */
  readonly severity: Severity | null;
  /** What an incident opened now would be called. */
  readonly nextKey: string;
  readonly nextAfter: number;
  readonly nextReopened: number;
  /** Fingerprint of what a message would say: the alerts that it counts, and what is done about them. */
  readonly saying: string;
  /** When some alert that fires runs out by itself; null when none does. */
  readonly nextEndAt: number | null;
  /** When the first message may go. */
  readonly firstAt: number;
  readonly policies: Readonly<Record<Severity, Policy>>;
  /** When the policy's hours hold next; now when they do. */
  readonly opensAt: Readonly<Record<Severity, number>>;
  readonly escalations: Readonly<Record<string, Escalation>>;
  /** By which the default owner hears that nobody acknowledged. */
  readonly lastChannels: readonly string[];
  /** Silences in force that cover something that fires. */
  readonly silences: readonly SilenceFact[];
  readonly noticeChannel: string;
  readonly recheckMs: number;
}

/** A message without its words. */
export interface Draft {
  readonly key: string;
  readonly incident: string;
  readonly channel: string;
  readonly action: IntentAction;
  readonly severity: Severity;
  readonly reason: string;
  /** How many steps of the escalation are taken with it. */
  readonly step?: number;
}

export interface Decision {
  readonly group: Group;
  readonly drafts: readonly Draft[];
  /** When to look again; null: only when something changes. */
  readonly wakeAt: number | null;
  /** One sentence for each thing done or not done. */
  readonly reasons: readonly string[];
}

/** What is found on the way. */
interface Course {
  readonly drafts: Draft[];
  readonly reasons: string[];
  readonly wakes: number[];
}

const iso = (at: number): string => new Date(at).toISOString();

const firstChannels = ({ channels, together }: Policy) => (together ? channels : channels.slice(0, 1));

const graver = (a: Severity, b: Severity): boolean => a < b;

export function decide(facts: Facts): Decision {
  const course: Course = { drafts: [], reasons: [], wakes: [] };
  let group = close(facts, course);
  group = group.incident ? carryOn(facts, group, group.incident, course) : begin(facts, group, course);
  group = announceEnds(facts, group, course);
  if (facts.nextEndAt !== null) course.wakes.push(facts.nextEndAt);
  const later = course.wakes.filter((at) => Number.isFinite(at));
  // A time that has come already would be asked for again and again.
  const wakeAt = later.length > 0 ? Math.max(Math.min(...later), facts.now + 1) : null;
  return { group, drafts: course.drafts, wakeAt, reasons: course.reasons };
}

/** Ends the incident where its episode is over: one resolve to each channel that was told, whatever is suppressed. */
function close({ now, group, episode, policies }: Facts, course: Course): Group {
  const { incident } = group;
  if (!incident) return group;
  const reason = overReason(incident, episode, now);
  if (reason === null) return group;
  course.reasons.push(reason);
  let closing = incident;
  const { tellsEnd = true } = policies[incident.severity];
  for (const [channel, told] of tellsEnd ? Object.entries(incident.told) : []) {
    // Who refused the very first message knows of nothing that could be over.
    if (told.page > 0 || told.outcome !== 'refused') closing = tell(closing, channel, 'resolve', reason, now, course);
  }
  const closed = { key: incident.key, after: incident.after, at: now, told: Object.keys(incident.told) };
  return { ...group, incident: null, closed, doing: null };
}

function overReason(incident: Incident, episode: Episode | null, now: number): string | null {
  if (!episode) return 'none of its alerts is in this group any more';
  if (episode.overAt !== null && episode.overAt <= now) {
    return `quiet since ${iso(episode.endedAt as number)}, which is long enough`;
  }
  // Learned late: what we took for one episode were two.
  if (episode.after > incident.after) return `it was over at ${iso(episode.after)}; what fires now is a new episode`;
  return null;
}

/** No incident is open: opens one, or says why not yet. */
function begin(facts: Facts, group: Group, course: Course): Group {
  const { now, episode, severity, members, firstAt } = facts;
  if (!episode || (episode.overAt !== null && episode.overAt <= now)) return idle(group, 'nothing fires', course);
  if (members.length === 0) return idle(group, 'it was over before anybody had to be told', course);
  if (severity === null) {
    recheck(facts, course);
    return idle(group, `all suppressed: ${suppressions(members)}`, course);
  }
  const policy = facts.policies[severity];
  const from = Math.max(firstAt, facts.opensAt[severity]);
  if (from > now) {
    course.wakes.push(from);
    const what = firstAt > now ? 'waiting for others and for its time' : `waiting for the hours of ${policy.hours}`;
    return idle(group, `${severity}: ${what}, until ${iso(from)}`, course);
  }
  const incident: Incident = {
    key: facts.nextKey,
    after: facts.nextAfter,
    startedAt: episode.startedAt,
    openedAt: now,
    severity,
    told: {},
    acknowledged: null,
    countedFrom: now,
    steps: 0,
    suppressed: false,
    notifiedAt: now,
    said: facts.saying,
  };
  const reason = `${severity}: first message of the episode since ${iso(episode.startedAt)}`;
  course.reasons.push(reason);
  let opened = incident;
  for (const channel of firstChannels(policy)) opened = tell(opened, channel, 'open', reason, now, course);
  return { ...group, reopened: facts.nextReopened, incident: lookAhead(facts, opened, course) };
}

function idle(group: Group, reason: string, course: Course): Group {
  course.reasons.push(reason);
  return group;
}

/** An incident is open and goes on. */
function carryOn(facts: Facts, group: Group, incident: Incident, course: Course): Group {
  const { now, severity, episode, members } = facts;
  if (members.length === 0) {
    course.wakes.push((episode as Episode).overAt as number);
    course.reasons.push(`quiet, but not for long enough; over at ${iso((episode as Episode).overAt as number)}`);
    return group;
  }
  if (severity === null) {
    recheck(facts, course);
    course.reasons.push(`all suppressed: ${suppressions(members)}`);
    return { ...group, incident: { ...incident, suppressed: true } };
  }
  let next = lapse(incident, now, course);
  next = raise(facts, severity, next, course);
  next = emerge(facts, next, course);
  next = update(facts, next, course);
  if (members.some(({ suppression }) => suppression !== null)) recheck(facts, course);
  return { ...group, incident: lookAhead(facts, next, course) };
}

/** An acknowledgement that has run out counts no more. */
function lapse(incident: Incident, now: number, course: Course): Incident {
  const { acknowledged } = incident;
  if (!acknowledged) return incident;
  if (acknowledged.until > now) {
    course.wakes.push(acknowledged.until);
    course.reasons.push(`${acknowledged.by} takes care of it until ${iso(acknowledged.until)}`);
    return incident;
  }
  course.reasons.push(`the acknowledgement of ${acknowledged.by} ran out`);
  return { ...incident, acknowledged: null, countedFrom: acknowledged.until, steps: 0 };
}

/** A graver severity is told at once, acknowledged or not; a lighter one never. */
function raise(facts: Facts, severity: Severity, incident: Incident, course: Course): Incident {
  const { now, policies, opensAt, saying } = facts;
  if (!graver(severity, incident.severity)) return incident;
  if (opensAt[severity] > now) {
    course.wakes.push(opensAt[severity]);
    course.reasons.push(`rose to ${severity}, told when the hours of ${policies[severity].hours} hold`);
    return incident;
  }
  const reason = `rose from ${incident.severity} to ${severity}`;
  course.reasons.push(reason);
  const first = firstChannels(policies[severity]);
  const others = Object.keys(incident.told).filter((channel) => !first.includes(channel));
  let next: Incident = { ...incident, severity, acknowledged: null, countedFrom: now, steps: 0 };
  next = { ...next, suppressed: false, notifiedAt: now, said: saying };
  for (const channel of first) next = tell(next, channel, 'raise', reason, now, course);
  for (const channel of others) next = tell(next, channel, 'update', reason, now, course);
  return next;
}

/** All of it was suppressed and no longer is: who was told before hears that it still fires. */
function emerge(facts: Facts, incident: Incident, course: Course): Incident {
  const { now, policies, opensAt, saying } = facts;
  if (!incident.suppressed) return incident;
  const { severity, notifiedAt } = incident;
  const from = Math.max(
    severity === 'P0' ? now : notifiedAt + policies[severity].intervalSeconds * 1000,
    opensAt[severity],
  );
  if (from > now) {
    course.wakes.push(from);
    return incident;
  }
  const reason = 'no longer suppressed, and still firing';
  course.reasons.push(reason);
  let next: Incident = { ...incident, suppressed: false, countedFrom: now, steps: 0, notifiedAt: now, said: saying };
  for (const channel of Object.keys(incident.told)) next = tell(next, channel, 'repeat', reason, now, course);
  return next;
}

/** What changed since the last message, and what was not said for long; at most once per interval. */
function update(facts: Facts, incident: Incident, course: Course): Incident {
  const { now, policies, opensAt, saying } = facts;
  const { severity, notifiedAt, said, acknowledged } = incident;
  const { intervalSeconds, repeatSeconds } = policies[severity];
  const changed = saying !== said;
  const repeatAt = repeatSeconds === null || acknowledged ? null : notifiedAt + repeatSeconds * 1000;
  const due = changed ? notifiedAt + intervalSeconds * 1000 : repeatAt;
  if (due === null) return incident;
  const from = Math.max(due, opensAt[severity]);
  if (from > now) {
    course.wakes.push(from);
    if (changed) course.reasons.push(`what is known of it changed; told at ${iso(from)}`);
    return incident;
  }
  const reason = changed ? 'what is known of it changed since the last message' : 'still firing';
  course.reasons.push(reason);
  let next: Incident = { ...incident, notifiedAt: now, said: saying };
  for (const channel of Object.keys(incident.told)) {
    next = tell(next, channel, changed ? 'update' : 'repeat', reason, now, course);
  }
  return next;
}

/** Other channels where one fails, other people where nobody answers; and when that will be. */
function lookAhead(facts: Facts, incident: Incident, course: Course): Incident {
  if (incident.acknowledged || incident.suppressed) return incident;
  return escalate(facts, failOver(facts, incident, course), course);
}

/** The next channel of the policy, where the one before refused or did not confirm in time. */
function failOver({ now, policies }: Facts, incident: Incident, course: Course): Incident {
  const { channels, confirmSeconds } = policies[incident.severity];
  let next = incident;
  for (const [index, channel] of channels.entries()) {
    const told = next.told[channel];
    const other = channels[index + 1];
    if (!told || other === undefined || next.told[other]) continue;
    const refused = told.outcome === 'refused';
    const late = confirmSeconds !== null && told.outcome !== 'confirmed' ? told.askedAt + confirmSeconds * 1000 : null;
    if (!refused && late === null) continue;
    if (!refused && (late as number) > now) {
      course.wakes.push(late as number);
      continue;
    }
    const reason = refused ? `${channel} refused it` : `${channel} did not confirm within ${confirmSeconds} s`;
    course.reasons.push(reason);
    next = tell(next, other, 'failover', reason, now, course);
    if (confirmSeconds !== null) course.wakes.push(now + confirmSeconds * 1000);
  }
  return next;
}

/** When the step after so many is due; past the last one its time again and again. */
export function stepDueAt(countedFrom: number, steps: Escalation['steps'], taken: number): number {
  let at = countedFrom;
  for (let step = 0; step <= taken; step += 1) {
    at += (steps[Math.min(step, steps.length - 1)]?.afterSeconds as number) * 1000;
  }
  return at;
}

/** Step after step until somebody acknowledges; after the last, all of them and the default owner, again and again. */
function escalate(facts: Facts, incident: Incident, course: Course): Incident {
  const { now, policies, opensAt, escalations, lastChannels } = facts;
  const policy = policies[incident.severity];
  const steps = policy.escalation === null ? [] : (escalations[policy.escalation]?.steps ?? []);
  if (steps.length === 0) return incident;
  const { countedFrom } = incident;
  let taken = incident.steps;
  const channels = new Set<string>();
  for (; stepDueAt(countedFrom, steps, taken) <= now; taken += 1) {
    // A router that was away for long takes each step once, not each repetition.
    for (const step of taken < steps.length ? [steps[taken]] : steps)
      for (const name of step?.channels ?? []) channels.add(name);
    if (taken >= steps.length) for (const name of [policy.channels[0] as string, ...lastChannels]) channels.add(name);
  }
  if (channels.size === 0) {
    course.wakes.push(Math.max(stepDueAt(countedFrom, steps, taken), opensAt[incident.severity]));
    return incident;
  }
  if (opensAt[incident.severity] > now) {
    course.wakes.push(opensAt[incident.severity]);
    return incident;
  }
  course.wakes.push(stepDueAt(countedFrom, steps, taken));
  const said = taken > steps.length ? `all ${steps.length} steps are over, the default owner too` : `step ${taken}`;
  const reason = `nobody acknowledged it since ${iso(countedFrom)}: ${said}`;
  course.reasons.push(reason);
  let next: Incident = { ...incident, steps: taken };
  for (const channel of channels) next = tell(next, channel, 'escalate', reason, now, course);
  return next;
}

/** Somebody hears in time that a silence ends over something that still fires. */
function announceEnds({ now, silences, noticeChannel, nextKey, members }: Facts, group: Group, course: Course): Group {
  const noticed = group.noticed.filter((id) => silences.some((silence) => silence.id === id));
  for (const { id, by, endsAt, noticeAt } of silences) {
    if (noticed.includes(id)) continue;
    if (noticeAt > now) {
      course.wakes.push(noticeAt);
      continue;
    }
    noticed.push(id);
    const reason = `the silence ${id} of ${by} ends at ${iso(endsAt)}, and this still fires`;
    const severity = members.reduce<Severity>(
      (gravest, each) => (graver(each.severity, gravest) ? each.severity : gravest),
      'P3',
    );
    const incident = group.incident?.key ?? nextKey;
    const key = `${group.key}/${noticeChannel}/silence-${id}`;
    course.drafts.push({ key, incident, channel: noticeChannel, action: 'notice', severity, reason });
    course.reasons.push(reason);
  }
  const same = noticed.length === group.noticed.length && noticed.every((id, index) => id === group.noticed[index]);
  return same ? group : { ...group, noticed };
}

/** Drafts one message and notes it in the ledger. */
function tell(
  incident: Incident,
  channel: string,
  action: IntentAction,
  reason: string,
  now: number,
  course: Course,
): Incident {
  const before = incident.told[channel];
  const number = before?.messages ?? 0;
  const { key, severity, steps: step } = incident;
  course.drafts.push({ key: `${key}/${channel}/${number}`, incident: key, channel, action, severity, reason, step });
  const quiet = before && (action === 'update' || action === 'resolve');
  const told: Told = quiet
    ? { ...before, messages: number + 1 }
    : { askedAt: now, outcome: 'pending', page: number, messages: number + 1 };
  return { ...incident, told: { ...incident.told, [channel]: told } };
}

/** What is suppressed is looked at again within a tick, and when it ends for certain. */
function recheck({ now, members, recheckMs }: Facts, course: Course): void {
  course.wakes.push(now + recheckMs);
  for (const { suppression } of members) if (suppression?.until) course.wakes.push(suppression.until);
}

function suppressions(members: readonly Member[]): string {
  const said = new Set(
    members.flatMap(({ suppression }) => (suppression ? [`${suppression.by} ${suppression.what}`] : [])),
  );
  return [...said].slice(0, 5).join(', ');
}
