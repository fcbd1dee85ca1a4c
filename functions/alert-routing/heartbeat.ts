/**
 * A P0 that means nothing, each minute, by the way that every alert takes and through every provider: monitors outside
 * notice when this region's router, or one of its channels, is silent. Started by: infra/wiring.ts "heartbeat".
 */
import * as z from 'zod';
import { eventBus } from '../shared/aws/events.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Bus } from '../shared/ports.ts';
import { RouterConfig } from './config.ts';

const Scheduled = z.object({ scheduledAt: z.iso.datetime() });

/** Each minute of an hour is an alert of its own, so that each is told, and none of them flaps. Over before its next turn. */
const LASTS_SECONDS = 120;
const MINUTE_OF_HOUR = /T\d\d:(\d\d)/;

export const makeHeartbeat =
  ({ bus, config }: { readonly bus: Bus } & Surroundings<RouterConfig>) =>
  async (input: unknown): Promise<{ at: string }> => {
    // By the time that was due, so that a start that comes twice says the same.
    const { scheduledAt: at } = parse(Scheduled, input, 'schedule');
    await bus.put('Operations alert', {
      application: config.application,
      slug: 'alert-routing',
      name: 'Heartbeat',
      resource: `${config.region}/${MINUTE_OF_HOUR.exec(at)?.[1]}`,
      state: 'firing',
      severity: 'P0',
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
