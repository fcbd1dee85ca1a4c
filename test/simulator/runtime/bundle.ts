/** Bundles small programs for sandboxes, the way Mainstay's own functions are bundled. */
import { buildSync } from 'esbuild';

/** A program's source as one minified CommonJS file, SDK clients included. */
export function bundle(source: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // A vm script cannot import(), and NodeHttpHandler does.
    supported: { 'dynamic-import': false },
  });
  return outputFiles[0]?.text ?? '';
}
