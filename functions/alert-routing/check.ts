/** Whether a routing configuration makes sense: asked at every synthesis and start; one that does not is refused whole. Pure. */

import { parse } from '../shared/parse.ts';
import { isZone } from './calendar.ts';
import { InvalidRouting } from './errors.ts';
import { areDisjoint, covers } from './matchers.ts';
import { type ChannelConfig, type Inhibition, type Policy, Routing } from './routing.ts';
import { policiesOf, SEVERITIES } from './table.ts';

/** @throws InvalidRouting naming everything that is wrong, a line each */
export function checkedRouting(input: unknown): Routing {
  const routing = parse(Routing, input, 'routing', InvalidRouting);
  const faults = faultsOf(routing);
  if (faults.length > 0)
    throw new InvalidRouting(`routing is refused:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  return routing;
}

export function faultsOf(routing: Routing): string[] {
  return [
    ...ownerFaults(routing),
    ...routeFaults(routing),
    ...policyFaults(routing),
    ...channelFaults(routing),
    ...calendarFaults(routing),
    ...inhibitionFaults(routing.inhibitions),
    ...severityFaults(routing),
  ];
}

function ownerFaults({ owners, defaultOwner, channels, policies, routes }: Routing): string[] {
  const faults = Object.entries(owners).flatMap(([id, owner]) =>
    owner.channels
      .filter((name) => !(name in channels))
      .map((name) => `owners.${id}.channels: ${name} is not one of channels`),
  );
  if (!(defaultOwner in owners)) return [...faults, `defaultOwner: ${defaultOwner} is not one of owners`];
  const all = [policies, ...routes.map((route) => route.policies ?? {})];
  const escalates = all.some(({ P0, P1 }) => P0?.escalation || P1?.escalation);
  if (escalates && owners[defaultOwner]?.channels.length === 0) {
    faults.push(`owners.${defaultOwner}.channels: empty; the default owner is told when nobody acknowledges`);
  }
  return faults;
}

/** Of an escalation: its machine may run for two days (statemachines/alert-routing-escalation.asl.json). */
const ESCALATION_SECONDS_MAX = 86_400;

function routeFaults({ routes, owners }: Routing): string[] {
  const faults: string[] = [];
  const last = routes.at(-1);
  if (last && Object.keys(last.when).length > 0) faults.push(`routes: the last one, ${last.id}, must match everything`);
  for (const id of repeated(routes.map((route) => route.id))) faults.push(`routes: ${id} is there twice`);
  for (const [index, route] of routes.entries()) {
    const where = `routes.${route.id}`;
    const earlier = routes.slice(0, index).find((other) => covers(other.when, route.when));
    if (earlier) faults.push(`${where}: nothing reaches it, ${earlier.id} before it takes all that it matches`);
    if ('severity' in route.when)
      faults.push(`${where}.when: a route must not ask for severity, or a rise would change the group`);
    if (route.owner !== null && !(route.owner in owners))
      faults.push(`${where}.owner: ${route.owner} is not one of owners`);
    const pages = route.severities.filter((severity) => severity === 'P0' || severity === 'P1');
    if (pages.length > 0 && route.owner === null)
      faults.push(`${where}.owner: a route with ${pages.join(' and ')} needs one`);
    if (pages.length > 0 && route.runbookUrl === null) {
      faults.push(`${where}.runbookUrl: a route with ${pages.join(' and ')} needs one`);
    }
  }
  return faults;
}

function policyFaults(routing: Routing): string[] {
  const { policies, channels, escalations, routes } = routing;
  const faults: string[] = SEVERITIES.flatMap((severity) =>
    oneFaults(`policies.${severity}`, policies[severity], routing),
  );
  for (const route of routes) {
    const own = policiesOf(route, routing);
    const where = `routes.${route.id}.policies`;
    for (const severity of SEVERITIES.filter((each) => route.policies?.[each])) {
      faults.push(...oneFaults(`${where}.${severity}`, own[severity], routing));
    }
    if (route.policies?.P0 && route.severities.includes('P0'))
      faults.push(...urgentFaults(`${where}.P0`, own.P0, channels));
  }
  const isUrgent = routes.some((route) => route.severities.includes('P0') && !route.policies?.P0);
  if (isUrgent) faults.push(...urgentFaults('policies.P0', policies.P0, channels));
  for (const [id, { steps }] of Object.entries(escalations)) {
    const seconds = steps.reduce((sum, { afterSeconds }) => sum + afterSeconds, steps.at(-1)?.afterSeconds ?? 0);
    if (seconds > ESCALATION_SECONDS_MAX) {
      faults.push(`escalations.${id}: ${seconds} s until the default owner hears, at most ${ESCALATION_SECONDS_MAX}`);
    }
    for (const name of steps.flatMap((step) => step.channels)) {
      if (!(name in channels)) faults.push(`escalations.${id}: ${name} is not one of channels`);
    }
  }
  return faults;
}

/** Whether all that a policy names is there. */
function oneFaults(where: string, policy: Policy, { channels, calendars, escalations }: Routing): string[] {
  const faults = policy.channels
    .filter((name) => !(name in channels))
    .map((name) => `${where}.channels: ${name} is not one of channels`);
  if (policy.hours !== 'always' && !(policy.hours in calendars)) {
    faults.push(`${where}.hours: ${policy.hours} is not one of calendars`);
  }
  if (policy.escalation !== null && !(policy.escalation in escalations)) {
    faults.push(`${where}.escalation: ${policy.escalation} is not one of escalations`);
  }
  const forPeople = policy.channels.filter((name) => channels[name]?.kind !== 'heartbeat');
  if (policy.tellsEnd === false && forPeople.length > 0) {
    faults.push(`${where}.tellsEnd: ${forPeople.join(', ')} must hear that it is over; only heartbeats need not`);
  }
  return faults;
}

/** What a P0 must never wait for. */
function urgentFaults(where: string, policy: Policy, channels: Routing['channels']): string[] {
  const faults: string[] = [];
  if (policy.waitSeconds !== 0) faults.push(`${where}.waitSeconds: a P0 waits for nothing, needed 0`);
  if (policy.hours !== 'always') faults.push(`${where}.hours: a P0 knows no hours, needed always`);
  if (policy.confirmSeconds === null || policy.confirmSeconds > 60) {
    faults.push(`${where}.confirmSeconds: a second channel must follow within 60 s`);
  }
  const providers = new Set(policy.channels.map((name) => channels[name]?.provider));
  if (providers.size < 2) faults.push(`${where}.channels: a P0 needs two channels of different providers`);
  return faults;
}

const channelFaults = ({ channels }: Routing): string[] =>
  Object.entries(channels).flatMap(([id, { kind, through, burst, reservedForP0, overflow }]) => [
    ...(kind === 'heartbeat' || !through
      ? []
      : [`channels.${id}.through: only a heartbeat is carried by another channel`]),
    ...(kind === 'heartbeat' && through ? carrierFaults(`channels.${id}.through`, through, channels) : []),
    ...(reservedForP0 >= burst
      ? [`channels.${id}.reservedForP0: ${reservedForP0} leaves nothing of burst ${burst}`]
      : []),
    // A digest needs one token besides those of a P0.
    ...(overflow === 'digest' && burst - reservedForP0 < 1 ? [`channels.${id}.burst: no room for a digest`] : []),
  ]);

function carrierFaults(
  where: string,
  { channel, target, secret }: NonNullable<ChannelConfig['through']>,
  channels: Routing['channels'],
): string[] {
  const carrier = channels[channel];
  if (!carrier) return [`${where}.channel: ${channel} is not one of channels`];
  if (carrier.kind === 'heartbeat') return [`${where}.channel: ${channel} is a heartbeat itself`];
  // To the carrier's own people it would be a page each minute.
  const differs = target !== undefined || secret !== undefined;
  return differs ? [] : [`${where}: needs a target or a secret of its own, or it reaches whom ${channel} wakes`];
}

function calendarFaults({ calendars }: Routing): string[] {
  return Object.entries(calendars).flatMap(([id, { zone, windows }]) => [
    ...(isZone(zone) ? [] : [`calendars.${id}.zone: ${zone} is no time zone`]),
    ...windows
      .filter(({ from, to }) => from >= to)
      .map(({ from, to }) => `calendars.${id}: ${from}–${to} does not end after it begins`),
  ]);
}

/** Rules whose targets may be another's sources make a chain; a chain that comes back could keep everything quiet. */
function inhibitionFaults(rules: readonly Inhibition[]): string[] {
  const faults: string[] = [];
  for (const rule of rules) {
    if (!areDisjoint(rule.source, rule.target)) {
      faults.push(
        `inhibitions.${rule.id}: an alert may be source and target at once; ask for disjoint values of one label`,
      );
    }
  }
  const next = (rule: Inhibition) => rules.filter((other) => other !== rule && !areDisjoint(rule.target, other.source));
  const isOnCycle = (start: Inhibition): boolean => {
    const seen = new Set<Inhibition>();
    const open = next(start);
    for (let rule = open.pop(); rule; rule = open.pop()) {
      if (rule === start) return true;
      if (seen.has(rule)) continue;
      seen.add(rule);
      open.push(...next(rule));
    }
    return false;
  };
  const cycle = rules.filter(isOnCycle).map(({ id }) => id);
  if (cycle.length > 0) faults.push(`inhibitions: ${cycle.join(', ')} may inhibit one another in a circle`);
  return faults;
}

function severityFaults({ severities }: Routing): string[] {
  return severities.flatMap((row, index) => {
    const earlier = severities.slice(0, index).find((other) => covers(other.when, row.when));
    return earlier
      ? [`severities.${row.id}: nothing reaches it, ${earlier.id} before it takes all that it matches`]
      : [];
  });
}

const repeated = (ids: readonly string[]): string[] => [
  ...new Set(ids.filter((id, index) => ids.indexOf(id) !== index)),
];
