/** The bundles as Lambda gets them: small, loadable more than once, and free of what Lambda never needs. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAll, handlers } from '../../infra/bundle.ts';

const BYTES_MAX = 500_000;
/**
 * Where colours are sized or looked at, both kinds of them are in the package: Auto Scaling groups and ECS services. Which
 * one is used is configuration, and the packages are the same for all.
 */
const BYTES_MAX_OF_SLUG: Readonly<Record<string, number>> = { 'blue-green': 660_000, 'alert-routing': 560_000 };
/** It asks the load balancer, the group, the authority and S3, right before users are sent. */
const BYTES_MAX_OF: Readonly<Record<string, number>> = { 'shift-traffic': 560_000 };
const directory = mkdtempSync(join(tmpdir(), 'mainstay-bundles-'));

beforeAll(() => bundleAll(directory));
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(handlers())('$slug/$handler', ({ slug, handler }) => {
  const file = join(directory, slug, handler, 'index.cjs');

  const bytesMax = BYTES_MAX_OF[handler] ?? BYTES_MAX_OF_SLUG[slug] ?? BYTES_MAX;

  it(`is at most ${bytesMax} bytes, SDK clients included`, () => {
    const files = globSync(join(directory, slug, handler, '**', '*.cjs'));
    const bytes = files.reduce((sum, each) => sum + readFileSync(each).length, 0);
    expect(files).toHaveLength(2);
    expect(bytes).toBeLessThanOrEqual(bytesMax);
  });

  it('loads without configuration, and exports the handler', () => {
    const { handler: exported } = createRequire(import.meta.url)(file) as { handler: unknown };
    expect(exported).toBeTypeOf('function');
  });

  it('keeps the names of its errors', () => {
    expect(readFileSync(file, 'utf8')).toContain('"InvalidInput"');
  });
});
