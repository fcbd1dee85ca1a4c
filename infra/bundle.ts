/**
 * Bundles every function and the application's instance entry into dist/: one CommonJS file each, the same file that
 * runs on Lambda and in the simulator. Started by `npm run build`.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** Files in functions/<slug>/ that are not handlers. */
const NOT_HANDLERS = new Set(['decide.ts', 'errors.ts', 'measure.ts']);

export const BUNDLE_OPTIONS = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // The SDK's dynamic imports of Node's own modules must become require: the simulator answers those.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** On Lambda credentials come from the environment; the SDK's default chain would be a fifth of each bundle. */
export const LAMBDA_CREDENTIALS = { '@aws-sdk/credential-provider-node': './functions/shared/aws/credentials.ts' };

/** A function's slug and handler, in stable order. A handler is a file that exports `handler`. */
export function handlers(): { slug: string; handler: string; file: string }[] {
  return globSync('functions/*/*.ts')
    .filter((file) => !file.startsWith('functions/shared/') && !NOT_HANDLERS.has(basename(file)))
    .filter((file) => /export const handler\b/.test(readFileSync(file, 'utf8')))
    .sort()
    .map((file) => ({ slug: basename(dirname(file)), handler: basename(file, '.ts'), file }));
}

/** Builds everything into `directory`. Throws when a source does not compile. */
export async function bundleAll(directory = 'dist', options: Partial<BuildOptions> = {}): Promise<void> {
  const functions = handlers().map(({ slug, handler, file }) => ({ in: file, out: join(slug, handler, 'index') }));
  await build({
    ...BUNDLE_OPTIONS,
    alias: LAMBDA_CREDENTIALS,
    entryPoints: functions,
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    ...options,
  });
  await build({
    ...BUNDLE_OPTIONS,
    // The driver is installed in the image and answered by the simulator's own in a drill.
    external: ['mongodb'],
    entryPoints: [{ in: 'app/instance.ts', out: 'app/index' }],
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    ...options,
  });
}

if (process.argv[1] && existsSync(process.argv[1]) && import.meta.filename === process.argv[1]) await bundleAll();
