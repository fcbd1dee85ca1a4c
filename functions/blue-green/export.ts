/**
 * Copies the record to the bucket where nobody can change it, and refuses to when its chain is broken; measures delivery by
 * it for the dashboard. Started by: the schedule "export". An entry that is copied twice is the same object.
 */

import { s3Archive } from '../shared/aws/archive.ts';
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { brokenAt } from '../shared/chain.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { powertoolsMeter } from '../shared/meter.ts';
import type { Meter } from '../shared/ports.ts';
import type { Archive, Chronicle } from '../shared/release-ports.ts';
import { dora } from './dora.ts';
import { ChainUnsafe } from './errors.ts';

const ENTRIES_MAX = 100;
/** The figures are of a month; a release makes about twenty entries. */
const FIGURES_DAYS = 30;
const FIGURES_ENTRIES = 1000;

interface Ports {
  readonly chronicle: Chronicle;
  readonly archive: Archive;
  readonly meter: Meter;
}

export const makeExport =
  ({ chronicle, archive, meter, config, clock, log }: Ports & Surroundings<ReleaseConfig>) =>
  async (_input: unknown): Promise<{ exported: number }> => {
    const done = await chronicle.exported();
    // With the last one that is there already, so that the chain is checked over the seam.
    const entries = await chronicle.after(Math.max(0, done - 1), ENTRIES_MAX);
    const broken = brokenAt(entries);
    if (broken !== null) throw new ChainUnsafe(`entry ${broken} does not follow from the one before, or was changed`);
    const fresh = entries.filter(({ sequence }) => sequence > done);
    for (const entry of fresh) await archive.put(entry);
    const last = fresh.at(-1)?.sequence;
    if (last !== undefined) await chronicle.markExported(last);
    if (last !== undefined) {
      const now = clock.now();
      const recent = await chronicle.after(Math.max(0, last - FIGURES_ENTRIES), FIGURES_ENTRIES);
      const figures = dora(recent, isoOf(now - FIGURES_DAYS * 86_400_000), isoOf(now));
      for (const [name, value] of Object.entries(figures)) {
        // What is not known is not measured: a gap in the graph, never a 0.
        if (value !== null) meter.put(pascal(name), value, { application: config.application });
      }
    }
    log.info('exported', { entries: fresh.length, upTo: last ?? done });
    return { exported: fresh.length };
  };

const pascal = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    chronicle: dynamoChronicle(config),
    archive: s3Archive(config),
    meter: powertoolsMeter('blue-green'),
  }),
  make: makeExport,
});
