/**
 * Looks at both serving regions every ten seconds and casts this region's vote. Started by: the schedule "observe",
 * each minute, in all three regions; a run lasts two minutes, so that a missed start leaves no gap. Two runs at once
 * are harmless: the first to write a slot has it.
 */
import { dynamoAuthority, dynamoObservations } from '../shared/aws/authority.ts';
import { awsCapacity } from '../shared/aws/capacity.ts';
import type { Clock } from '../shared/clock.ts';
import { isoOf } from '../shared/clock.ts';
import { ObserverConfig, ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { powertoolsMeter } from '../shared/meter.ts';
import type { Authority, Capacity, Meter, Observations, Web } from '../shared/ports.ts';
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

export const makeObserve =
  (ports: ObservePorts & Surroundings<ObserverConfig>) => async (): Promise<{ slots: number }> => {
    const { clock } = ports;
    const end = clock.now() + RUN_SECONDS * 1000;
    let slots = 0;
    let slot = 0;
    for (;;) {
      // A slot that the probes of the one before have used up is left out.
      slot = Math.max(slot + SLOT_SECONDS, Math.ceil(clock.now() / 1000 / SLOT_SECONDS) * SLOT_SECONDS);
      if (slot * 1000 >= end) return { slots };
      await clock.sleep(slot * 1000 - clock.now());
      await observeSlot(ports, slot);
      slots += 1;
    }
  };

/** One slot: probe, tell the metric, write the vote. A slot that cannot be written is silence, never a vote. */
async function observeSlot(ports: ObservePorts & Surroundings<ObserverConfig>, slot: number): Promise<void> {
  const { config, meter, web, log } = ports;
  const probes = await Promise.all(
    config.servingRegions.map(async (region) => [region, await askReady(web, region, config.domain)] as const),
  );
  for (const [region, { ready }] of probes) {
    meter.put('RegionFailing', ready ? 0 : 1, { application: config.application, region });
  }
  try {
    await writeVote(ports, slot, probes);
  } catch (error) {
    log.warn('the vote could not be written', { slot, error: String(error) });
  }
}

async function writeVote(
  { config, clock, authority, observations, capacity }: ObservePorts & Surroundings<ObserverConfig>,
  slot: number,
  probes: readonly (readonly [string, Readiness])[],
): Promise<void> {
  const [before, application, serving] = await Promise.all([
    observations.last(config.region),
    authority.read(),
    // Describing oneself is a courtesy to the others; the vote must not wait for it.
    capacity?.read().catch(() => null) ?? null,
  ]);
  if (before && before.slot >= slot) return;
  const now = isoOf(clock.now());
  await observations.write({
    region: config.region,
    slot,
    targets: Object.fromEntries(
      probes.map(([region, readiness]) => [region, nextVote(before?.targets[region], readiness, slot)]),
    ),
    counter: nextCounter(before?.counter, application.counter, now),
    self: serving ? { capacity: serving.inService, at: now } : (before?.self ?? null),
  });
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
