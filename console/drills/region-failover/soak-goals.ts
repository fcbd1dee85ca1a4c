/**
 * What must come true in the end, whatever was injected, once the faults are over: no move is left half-done, exactly one
 * region writes and the users reach it, nothing stays frozen. What a lost region or a lost majority makes impossible is
 * not asked for. Asked each virtual second while a soaked world settles.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import { ledgerOf } from '../../../simulator/world/index.ts';
import { isLost } from './lost.ts';
import type { Monitor } from './monitor.ts';
import type { Places } from './scenario.ts';

/** An alarm's execution looks for 90 s, with some repetitions; one that is older and asks nobody is under way. */
const LOOKING_SECONDS = 240;
/** The lease is renewed every 5 s by each of two instances. */
const RENEWED_SECONDS = 20;
/** 4 users a second, 40 % of them write. */
const SERVED_SECONDS = 20;

/** Why the world has not settled; null when it has. */
export function unsettled(cloud: Cloud, monitor: Monitor, places: Places): string | null {
  const lost: ReadonlySet<string> = new Set(cloud.state.regions.filter((region) => isLost(cloud, region)));
  // Without a majority of the authority's regions nobody can decide anything.
  if (cloud.state.regions.length - lost.size < 2) return null;
  const item = monitor.item() as Item | undefined;
  if (!item) return 'there is no authority item';
  return (
    claimLeft(item, lost) ??
    stillUnderWay(cloud, lost) ??
    (item.claim ? null : writerMissing(cloud, monitor, places, item, lost)) ??
    settingsLeft(monitor, places.configuration, item, lost)
  );
}

interface Item {
  readonly epoch: number;
  readonly holder: string;
  readonly phase: string;
  readonly claim?: { readonly target: string; readonly executionArn: string };
}

/** Past the one-way step only the target's own region can go on; it is lost, so people must. */
function claimLeft({ claim, phase }: Item, lost: ReadonlySet<string>): string | null {
  if (!claim && phase === 'active') return null;
  if (claim && phase !== 'fencing' && lost.has(claim.target)) return null;
  return `phase '${phase}' and the claim of ${claim?.executionArn.split(':').at(-1) ?? 'nobody'} are left`;
}

function stillUnderWay(cloud: Cloud, lost: ReadonlySet<string>): string | null {
  for (const region of cloud.state.regions.filter((each) => !lost.has(each))) {
    for (const { arn, status, startedAtMs, flows } of Object.values(cloud.stateOf(stepFunctions, region).executions)) {
      if (status !== 'RUNNING' || cloud.now - startedAtMs < LOOKING_SECONDS * 1000) continue;
      const states = Object.values(flows).map(({ stateName }) => stateName);
      if (!states.includes('Ask a person'))
        return `${arn.split(':').slice(-2).join(':')} is still in ${states.join(', ')}`;
    }
  }
  return null;
}

function writerMissing(
  cloud: Cloud,
  monitor: Monitor,
  { configuration }: Places,
  { holder }: Item,
  lost: ReadonlySet<string>,
): string | null {
  const now = (cloud.now - cloud.state.startedAt) / 1000;
  if (lost.has(holder)) return toldAnybody(cloud, lost) ? null : `${holder} is lost and nobody was told`;
  const sample = monitor.samples.at(-1)?.regions;
  // A region that is lost has not heard that it is no longer the writer.
  const writable = configuration.regions.serving.filter((region) => sample?.[region]?.writable && !lost.has(region));
  if (writable.join() !== holder)
    return `${holder} holds the application, writable is: ${writable.join(', ') || 'none'}`;
  if (now - renewedAt(monitor) > RENEWED_SECONDS) return `nobody renews the lease in ${holder}`;
  const served = ledgerOf(cloud).requests.findLast(
    ({ kind, who, ok, region, host }) =>
      kind === 'write' && who === 'user' && ok && region === holder && host === configuration.domain,
  );
  if (!served || now - served.t / 1000 > SERVED_SECONDS) return `no user's write was taken in ${holder} of late`;
  return null;
}

function renewedAt({ authority }: Monitor): number {
  const last = authority.findLastIndex(
    ({ item }, index) => Number(item.counter) > Number(authority[index - 1]?.item.counter ?? item.counter),
  );
  return authority[last]?.t ?? 0;
}

const toldAnybody = (cloud: Cloud, lost: ReadonlySet<string>): boolean =>
  cloud.state.regions.some((region) => !lost.has(region) && cloud.stateOf(sns, region).outbox.length > 0);

function settingsLeft(
  monitor: Monitor,
  { regions }: Configuration,
  { epoch, holder, claim }: Item,
  lost: ReadonlySet<string>,
): string | null {
  for (const region of regions.serving) {
    const sample = monitor.samples.at(-1)?.regions[region];
    if (!sample || lost.has(region)) continue;
    if (sample.deploymentsFrozen) return `deployments are still frozen in ${region}`;
    if (claim) continue;
    const moved = holder === regions.serving[1];
    if (sample.moved !== moved) return `the latch in ${region} still says ${sample.moved ? 'second' : 'first'} region`;
    if (region !== holder) continue;
    if (sample.databaseEpoch !== epoch)
      return `${region} is configured for epoch ${sample.databaseEpoch}, not ${epoch}`;
    if (sample.consumersEpoch !== epoch)
      return `consumers of ${region} are of epoch ${sample.consumersEpoch}, not ${epoch}`;
  }
  return null;
}
