/**
 * Copies the record to the bucket where nobody can change it, and refuses to when its chain is broken. Started by: the
 * schedule "export". An entry that is copied twice is the same object.
 */

import { s3Archive } from '../shared/aws/archive.ts';
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { brokenAt } from '../shared/chain.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { Archive, Chronicle } from '../shared/release-ports.ts';
import { ChainUnsafe } from './errors.ts';

const ENTRIES_MAX = 100;

export const makeExport =
  ({ chronicle, archive, log }: { chronicle: Chronicle; archive: Archive } & Surroundings<ReleaseConfig>) =>
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
    log.info('exported', { entries: fresh.length, upTo: last ?? done });
    return { exported: fresh.length };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({ chronicle: dynamoChronicle(config), archive: s3Archive(config) }),
  make: makeExport,
});
