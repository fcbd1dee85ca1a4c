/**
 * Says each minute, by the way that every alert takes, that this region's router works; a monitor outside notices when it
 * does not. Started by: infra/wiring.ts "heartbeat".
 */
import * as z from 'zod';
import { eventBus } from '../shared/aws/events.ts';
import { isoOf } from '../shared/clock.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Bus } from '../shared/ports.ts';
import { RouterConfig } from './config.ts';

const Scheduled = z.object({ scheduledAt: z.iso.datetime() });

/** Over before the next one, so that each is an incident of its own and is told. */
const LASTS_SECONDS = 20;

export const makeHeartbeat =
  ({ bus, config, clock }: { readonly bus: Bus } & Surroundings<RouterConfig>) =>
  async (input: unknown): Promise<{ at: string }> => {
    parse(Scheduled, input, 'schedule');
    const at = isoOf(clock.now());
    await bus.put('Operations alert', {
      application: config.application,
      slug: 'alert-routing',
      name: 'Heartbeat',
      resource: config.region,
      state: 'firing',
      severity: 'P2',
      at,
      summary: `the router of ${config.region} works`,
      lastsSeconds: LASTS_SECONDS,
      labels: {},
    });
    return { at };
  };

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config) => ({ bus: eventBus(config) }),
  make: makeHeartbeat,
});
