/** The stores of the router that need no cloud: SQLite, as `mainstay route` keeps it, and the one in memory of the tests. */
import { copyFileSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Database, DatabaseProblem } from '../../console/route/database.ts';
import { SqliteStore } from '../../console/route/store.ts';
import { MemoryStore } from './memory.ts';
import { describeStore } from './store-contract.ts';

const directory = mkdtempSync(join(tmpdir(), 'mainstay-store-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let count = 0;
const path = (): string => {
  count += 1;
  return join(directory, `${count}.sqlite`);
};

describeStore('the store in memory', async () => {
  const store = new MemoryStore();
  return { store, reopen: async () => store };
});

describeStore('the store in SQLite', async () => {
  const file = path();
  return {
    store: new SqliteStore(new Database(file, 'normal')),
    // As kill -9 leaves it: the files as they are now, nothing closed.
    async reopen() {
      const copy = path();
      for (const part of globSync(`${file}*`)) copyFileSync(part, part.replace(file, copy));
      return new SqliteStore(new Database(copy, 'full'));
    },
  };
});

it('a database is for one process, and a file that is none is refused by name', () => {
  const file = path();
  const first = new Database(file, 'full');
  expect(() => new Database(file, 'full')).toThrow(DatabaseProblem);
  first.close();
  expect(() => new Database(join(import.meta.dirname, 'store.test.ts'), 'full')).toThrow(
    /store\.test\.ts: .*not a database/,
  );
});

it('a disk that does not take it is told, and nobody is told that it was kept', async () => {
  const database = new Database(path(), 'normal');
  const broken: unknown[] = [];
  const store = new SqliteStore(database, { onBroken: (error) => broken.push(error) });
  database.close();
  const silence = { id: 's', matchers: { a: 'b' }, startsAt: 0, endsAt: 9, by: 'ada', reason: 'known', at: 1 };
  await expect(store.putSilence(silence)).rejects.toThrow();
  expect(broken).toHaveLength(1);
});
