/** The ledger of remediations on the table of items: one is claimed at a time, by a version that all of them count up. */
import { WriteConflict } from '../shared/errors.ts';
import type { Items, Write } from '../shared/items.ts';
import { META, stored, timeKey } from './item-keys.ts';
import type { Run } from './remediation.ts';

export interface Ledger {
  readonly runs: readonly Run[];
  readonly version: number;
}

export interface Runs {
  /** Of a month. */
  read(now: number): Promise<Ledger>;
  /** False when another one was claimed since `version` was read. */
  claim(run: Run, version: number): Promise<boolean>;
  /** What became of one that was claimed. */
  note(run: Run): Promise<void>;
}

const PK = 'remediations';
const KEPT_MS = 30 * 86_400_000;
/** With the claim itself within one transaction. */
const FORGOTTEN_AT_ONCE = 50;

const keyOf = ({ startedAt, name }: Pick<Run, 'startedAt' | 'name'>) => ({
  pk: PK,
  sk: `${timeKey(startedAt)}#${name}`,
});
const itemOf = (run: Run) => ({ ...keyOf(run), run: JSON.stringify(run) });

export function itemRuns(items: Items): Runs {
  return {
    async read(now) {
      const all = await stored(items.query(PK));
      const version = Number(all.find(({ sk }) => sk === META)?.version ?? 0);
      const runs = all.filter(({ sk }) => sk !== META).map(({ run }) => JSON.parse(String(run)) as Run);
      return { runs: runs.filter(({ startedAt }) => startedAt > now - KEPT_MS), version };
    },
    async claim(run, version) {
      const old = await stored(items.query(PK, timeKey(run.startedAt - KEPT_MS)));
      const forgotten = old.filter(({ sk }) => sk !== META).slice(0, FORGOTTEN_AT_ONCE);
      const writes: Write[] = [
        { put: { pk: PK, sk: META, version: version + 1 }, only: { version: version === 0 ? null : version } },
        { put: itemOf(run), only: { run: null } },
        ...forgotten.map(({ sk }): Write => ({ remove: { pk: PK, sk: String(sk) } })),
      ];
      try {
        await items.write(writes);
        return true;
      } catch (error) {
        if (error instanceof WriteConflict) return false;
        return stored(Promise.reject(error));
      }
    },
    async note(run) {
      await stored(items.write([{ put: itemOf(run) }]));
    },
  };
}
