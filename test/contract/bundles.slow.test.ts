/** The bundles as Lambda gets them: small, loadable more than once, and free of what Lambda never needs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAll, handlers } from '../../infra/bundle.ts';

const BYTES_MAX = 500_000;
const directory = mkdtempSync(join(tmpdir(), 'mainstay-bundles-'));

beforeAll(() => bundleAll(directory));
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(handlers())('$slug/$handler', ({ slug, handler }) => {
  const file = join(directory, slug, handler, 'index.cjs');

  it(`is at most ${BYTES_MAX} bytes, SDK clients included`, () => {
    expect(readFileSync(file).length).toBeLessThanOrEqual(BYTES_MAX);
  });

  it('loads without configuration, and exports the handler', () => {
    const { handler: exported } = createRequire(import.meta.url)(file) as { handler: unknown };
    expect(exported).toBeTypeOf('function');
  });

  it('keeps the names of its errors', () => {
    expect(readFileSync(file, 'utf8')).toContain('"InvalidInput"');
  });
});
