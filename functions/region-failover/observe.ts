/**
 * Looks at both serving regions every ten seconds and casts this region's vote. Started by: the schedule "observe",
 * each minute, in all three regions; a run lasts two minutes, so that a missed start leaves no gap. In its second
 * minute it steps in only where the next run is missing. Two at once are harmless: the first to write a slot has it.
 */
import { dynamoAuthority, dynamoObservations } from '../shared/aws/authority.ts';
import { awsCapacity } from '../shared/aws/capacity.ts';
import type { Clock } from '../shared/clock.ts';
import { isoOf } from '../shared/clock.ts';
import { ObserverConfig, ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { powertoolsMeter } from '../shared/meter.ts';
import type { Authority, Capacity, Meter, Observation, Observations, Web } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { nextCounter, nextVote, SLOT_SECONDS } from './observation.ts';
import { askReady, type Readiness } from './probe.ts';

export interface ObservePorts {
  readonly authority: Authority;
  readonly observations: Observations;
  /** Null in the witness, which serves nothing. */
  readonly capacity: Pick<Capacity, 'read'> | null;
  readonly web: Web;
  readonly meter: Meter;
}

const RUN_SECONDS = 120;

/** A run's second minute is the next run's first: it only steps in for a slot that the next run leaves open. */
const LEADS_SECONDS = 60;
const STEP_IN_AFTER_MS = 3_000;

/** Describing oneself takes three calls, so it is done once a minute. */
const SELF_EVERY_SLOTS = 6;

type Observer = ObservePorts & Surroundings<ObserverConfig>;
type Probe = readonly [region: string, readiness: Readiness];

export const makeObserve = (ports: Observer) => async (): Promise<{ slots: number }> => {
  const { clock } = ports;
  const start = clock.now();
  let slots = 0;
  let slot = 0;
  let mine: Observation | null = null;
  for (;;) {
    // A slot that the probes of the one before have used up is left out.
    slot = Math.max(slot + SLOT_SECONDS, Math.ceil(clock.now() / 1000 / SLOT_SECONDS) * SLOT_SECONDS);
    if (slot * 1000 >= start + RUN_SECONDS * 1000) return { slots };
    const leads = slot * 1000 < start + LEADS_SECONDS * 1000;
    await clock.sleep(slot * 1000 + (leads ? 0 : STEP_IN_AFTER_MS) - clock.now());
    if (!leads && (await isTaken(ports, slot))) continue;
    mine = await observeSlot(ports, slot, mine, slots % SELF_EVERY_SLOTS === 0);
    slots += 1;
  }
};

/** Whether another run has this slot. When that cannot be read, this run steps in. */
const isTaken = ({ observations, config }: Observer, slot: number): Promise<boolean> =>
  observations.last(config.region).then(
    (last) => last !== null && last.slot >= slot,
    () => false,
  );

/** One slot: probe, tell the metric, write the vote. A slot that cannot be written is silence, never a vote. */
async function observeSlot(
  ports: Observer,
  slot: number,
  mine: Observation | null,
  describeSelf: boolean,
): Promise<Observation | null> {
  const { config, meter, web, log } = ports;
  const probes = await Promise.all(
    config.servingRegions.map(async (region): Promise<Probe> => [region, await askReady(web, region, config.domain)]),
  );
  for (const [region, { ready }] of probes) {
    meter.put('RegionFailing', ready ? 0 : 1, { application: config.application, region });
  }
  try {
    return await writeVote(ports, { slot, mine, probes, describeSelf });
  } catch (error) {
    log.warn('the vote could not be written', { slot, error: String(error) });
    return null;
  }
}

/** Returns what was written; null when another run already had the slot. */
async function writeVote(
  { config, clock, authority, observations, capacity }: Observer,
  {
    slot,
    mine,
    probes,
    describeSelf,
  }: { slot: number; mine: Observation | null; probes: readonly Probe[]; describeSelf: boolean },
): Promise<Observation | null> {
  const [before, application, serving] = await Promise.all([
    // What this run wrote one slot ago is the last there is.
    mine?.slot === slot - SLOT_SECONDS ? mine : observations.last(config.region),
    authority.read(),
    // Describing oneself is a courtesy to the others; the vote must not wait for it.
    describeSelf ? (capacity?.read().catch(() => null) ?? null) : null,
  ]);
  if (before && before.slot >= slot) return null;
  const now = isoOf(clock.now());
  const observation: Observation = {
    region: config.region,
    slot,
    targets: Object.fromEntries(
      probes.map(([region, readiness]) => [region, nextVote(before?.targets[region], readiness, slot)]),
    ),
    counter: nextCounter(before?.counter, application.counter, now),
    self: serving ? { capacity: serving.inService, at: now } : (before?.self ?? null),
  };
  return (await observations.write(observation)) ? observation : null;
}

const isServing = (config: ObserverConfig): config is ServingConfig => ServingConfig.safeParse(config).success;

export const handler = lambda({
  slug: 'region-failover',
  config: ObserverConfig.loose(),
  ports: (config, clock: Clock): ObservePorts => {
    const authority = dynamoAuthority(config);
    return {
      authority,
      observations: { last: authority.last, ...dynamoObservations(config) },
      capacity: isServing(config) ? awsCapacity(config) : null,
      web: fetchWeb(clock),
      meter: powertoolsMeter('region-failover'),
    };
  },
  make: makeObserve,
});
