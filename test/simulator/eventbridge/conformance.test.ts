/** AWS's recorded answers to event patterns. The rows are found through CONFORMANCE_DIR and are not part of the project. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type MatchRow, matchRow } from '../../../console/match.ts';

const file = join(process.env.CONFORMANCE_DIR ?? '', 'events.jsonl');
const present = process.env.CONFORMANCE_DIR !== undefined && existsSync(file);

test.skipIf(!present)('every recorded event pattern gives the recorded result (needs CONFORMANCE_DIR)', () => {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MatchRow & { readonly expect: string });
  const wrong = rows
    .map((row) => ({ row, got: matchRow(row) }))
    .filter(({ row, got }) => got.result !== row.expect)
    .map(({ row, got }) => `${row.id}: wanted ${row.expect}, got ${got.result} ${got.error ?? ''}`);
  expect(rows.length).toBeGreaterThan(1000);
  expect(wrong).toEqual([]);
});
