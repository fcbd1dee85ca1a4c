/**
 * The file in which `mainstay route` keeps everything: SQLite with a write-ahead log, opened by one process alone. Rows are
 * JSON by key; what they mean is store.ts's. They are numbered as they come and found by number: by key, which is a hash,
 * each new row would change a page of its own, and that was four fifths of all the work.
 *
 * `full` syncs the log to the disk at every commit: what was acknowledged survives a power cut. `normal` leaves that to the
 * operating system: it survives any death of the process, kill -9 included, but a power cut may take the last moments.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';

export type Durability = 'full' | 'normal';

export const TABLES = ['alerts', 'groups', 'outbox', 'silences'] as const;
export type TableName = (typeof TABLES)[number];

export interface Write {
  readonly table: TableName;
  readonly key: string;
  /** Null: gone. */
  readonly data: string | null;
}

/** The file cannot be used: another router has it, it is no database, it may not be written. */
export class DatabaseProblem extends Error {
  override readonly name = 'DatabaseProblem';
}

export class Database {
  readonly durability: Durability;
  readonly #file: DatabaseSync;
  readonly #put: Readonly<Record<TableName, StatementSync>>;
  readonly #remove: Readonly<Record<TableName, StatementSync>>;
  readonly #ids = Object.fromEntries(TABLES.map((table) => [table, new Map()])) as Record<
    TableName,
    Map<string, number>
  >;
  #lastId = 0;

  /** @throws DatabaseProblem */
  constructor(path: string, durability: Durability) {
    this.durability = durability;
    try {
      this.#file = new DatabaseSync(path, { timeout: 2000 });
      // Nobody else may write: what is in memory is what is in the file.
      this.#file.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability};
        PRAGMA wal_autocheckpoint = 4000; PRAGMA user_version;`);
      for (const table of TABLES) {
        this.#file.exec(
          `CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, key TEXT NOT NULL, data TEXT NOT NULL)`,
        );
      }
      // Takes the lock now, not at the first alert.
      this.#file.exec('BEGIN IMMEDIATE; COMMIT');
    } catch (error) {
      throw new DatabaseProblem(`${path}: ${(error as Error).message}; is another router using it?`, { cause: error });
    }
    const each = (sql: (table: TableName) => string) =>
      Object.fromEntries(TABLES.map((table) => [table, this.#file.prepare(sql(table))])) as Record<
        TableName,
        StatementSync
      >;
    this.#put = each(
      (table) => `INSERT INTO ${table} VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data`,
    );
    this.#remove = each((table) => `DELETE FROM ${table} WHERE id = ?`);
  }

  /** All rows of a table, which have to be read once before any is written. */
  *rows(table: TableName): Generator<[key: string, data: unknown]> {
    for (const { id, key, data } of this.#file.prepare(`SELECT id, key, data FROM ${table}`).iterate()) {
      this.#ids[table].set(key as string, id as number);
      this.#lastId = Math.max(this.#lastId, id as number);
      yield [key as string, JSON.parse(data as string)];
    }
  }

  /** All or nothing. */
  write(writes: Iterable<Write>): void {
    this.#file.exec('BEGIN IMMEDIATE');
    try {
      for (const { table, key, data } of writes) {
        const id = this.#ids[table].get(key);
        if (data !== null) this.#put[table].run(id ?? this.#newId(table, key), key, data);
        else if (id !== undefined) this.#remove[table].run(id);
        if (data === null) this.#ids[table].delete(key);
      }
      this.#file.exec('COMMIT');
    } catch (error) {
      this.#file.exec('ROLLBACK');
      throw error;
    }
  }

  #newId(table: TableName, key: string): number {
    this.#lastId += 1;
    this.#ids[table].set(key, this.#lastId);
    return this.#lastId;
  }

  close(): void {
    if (this.#file.isOpen) this.#file.close();
  }
}
