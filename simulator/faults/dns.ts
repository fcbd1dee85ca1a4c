/** Resolvers and users that disregard DNS's rules, and health checkers that see wrongly. Asked by the world and Route 53. */
import type { Cloud } from '../cloud.ts';
import { Random, seedStream } from '../random.ts';
import { countHit, type Entered, firstStruck, isInForce } from './book.ts';
import type { CheckersFault, DnsFailureFault, DnsHoldFault, DnsNegativeFault, Resolvers } from './kinds.ts';

interface Who {
  readonly resolver: string;
  readonly place: string;
}

const isAbout = (fault: Resolvers, { resolver, place }: Who): boolean =>
  (fault.resolver === undefined || fault.resolver === resolver) && (fault.place === undefined || fault.place === place);

/** Kept so long, "for ever": longer than any run, and still a number that JSON can carry. */
const FOR_EVER_SECONDS = 1e9;

/** How long a resolver keeps an answer whose time to live is given. */
export function heldSeconds(cloud: Cloud, who: Who, ttlSeconds: number): number {
  const fault = cloud.state.faults.others['dns-hold']?.find(
    (one) => isInForce(one, cloud.now) && isAbout(one, who) && isChosen(cloud, one, who.resolver),
  );
  if (!fault) return ttlSeconds;
  countHit(cloud, fault);
  return fault.factor === undefined ? FOR_EVER_SECONDS : ttlSeconds * fault.factor;
}

/** Whether a resolver is one of those that a fault is about: drawn from the names, so the same at every look. */
function isChosen(cloud: Cloud, { id, probability }: Entered<DnsHoldFault>, resolver: string): boolean {
  if (probability === undefined) return true;
  return new Random(seedStream(cloud.state.seed, `fault ${id} ${resolver}`)).chance(probability);
}

/** How a resolver's question fails, if it does. */
export const failedAnswer = (cloud: Cloud, who: Who): DnsFailureFault['answers'] | undefined =>
  firstStruck(cloud, 'dns-failure', (fault) => isAbout(fault, who))?.answers;

/** A name that a resolver takes for missing, and for how long. */
export const takenForMissing = (cloud: Cloud, who: Who, name: string): DnsNegativeFault | undefined =>
  firstStruck(
    cloud,
    'dns-negative',
    (fault) => isAbout(fault, who) && (fault.name === undefined || fault.name === name),
  );

/** The part of a place's users that do not look names up again, drawn for each request by that place's own stream. */
export function isSticky(cloud: Cloud, place: string): boolean {
  const faults = cloud.state.faults.others['sticky-users'];
  const fault = faults?.find((one) => isInForce(one, cloud.now) && (one.place === undefined || one.place === place));
  if (!fault || !cloud.random(`fault ${fault.id}`).chance(fault.share)) return false;
  countHit(cloud, fault);
  return true;
}

/** What health checkers of a region report of everything, if a fault says so. */
export function checkersSee(cloud: Cloud, region: string, healthCheckId: string): CheckersFault['see'] | undefined {
  const faults = cloud.state.faults.others.checkers;
  const fault = faults?.find(
    ({ regions, healthCheckId: only, ...window }) =>
      regions.includes(region) &&
      (only === undefined || only === healthCheckId) &&
      isInForce(window as CheckersFault, cloud.now),
  );
  if (fault) countHit(cloud, fault);
  return fault?.see;
}
