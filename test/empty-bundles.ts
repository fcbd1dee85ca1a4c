/** Stand-ins for the bundles, for tests that synthesize templates and never run a function. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handlers } from '../infra/bundle.ts';

export function writeEmptyBundles(directory: string): void {
  for (const { slug, handler } of handlers()) {
    mkdirSync(join(directory, slug, handler), { recursive: true });
    writeFileSync(join(directory, slug, handler, 'index.cjs'), `// ${slug}/${handler}`);
  }
}
