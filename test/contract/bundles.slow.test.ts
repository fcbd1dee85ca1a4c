/** The bundles as Lambda gets them: small, loadable more than once, and free of what Lambda never needs. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAll, handlers } from '../../infra/bundle.ts';

/** DESIGN.md, Targets. Both files of the package together. */
const BYTES_MAX = 500_000;
const directory = mkdtempSync(join(tmpdir(), 'mainstay-bundles-'));

beforeAll(() => bundleAll(directory));
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(handlers())('$slug/$handler', ({ slug, handler }) => {
  const file = join(directory, slug, handler, 'index.cjs');

  it(`is at most ${BYTES_MAX} bytes, SDK clients included`, () => {
    const files = globSync(join(directory, slug, handler, '**', '*.cjs'));
    const bytes = files.reduce((sum, each) => sum + readFileSync(each).length, 0);
    expect(files).toHaveLength(2);
    expect(bytes).toBeLessThanOrEqual(BYTES_MAX);
  });

  it('loads without configuration, and exports the handler', () => {
    const { handler: exported } = createRequire(import.meta.url)(file) as { handler: unknown };
    expect(exported).toBeTypeOf('function');
  });

  it('keeps the names of its errors', () => {
    expect(readFileSync(file, 'utf8')).toContain('"InvalidInput"');
  });
});

it('registers every error that an adapter knows by its name', () => {
  const read = (pattern: string) => globSync(pattern).map((file) => readFileSync(file, 'utf8'));
  const asked = read('functions/shared/aws/*.ts').flatMap((text) => [...text.matchAll(/isNamed\(\w+, ([^)]*)\)/g)]);
  const names = new Set(asked.flatMap(([, list = '']) => [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name)));
  const libraries = read(join(directory, '*/*/node_modules/libraries.cjs')).join('');
  expect(names.size).toBeGreaterThan(10);
  expect([...names].filter((name) => !libraries.includes(`super({name:"${name}"`))).toEqual([]);
});
