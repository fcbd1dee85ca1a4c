/**
 * Lets esbuild leave out what nobody uses of an SDK client. A client describes its whole service in one module, of which
 * esbuild keeps far more than the commands that are imported:
 * - Keys are constants (`[_e]: …`). To esbuild evaluating one could have an effect, so it keeps each object that has one.
 *   They are written out.
 * - Every error of the service is registered while the module loads. Only those stay that a command in use throws, as its
 *   declaration says (`@throws {@link …}`). Any other error arrives as the client's base exception with AWS's name, fault
 *   and message, as errors always do that AWS adds after an SDK's release.
 * - Of its package.json it reads the version.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const SCHEMAS = /(@aws-sdk\/client-[\w-]+)\/dist-es\/schemas\/schemas_\d+\.js$/;
const MANIFEST = /@aws-sdk\/client-[\w-]+\/package\.json$/;

/** `used`: names imported from each package, over everything that is built together. */
export const lighterClients = (used: ReadonlyMap<string, ReadonlySet<string>>): Plugin => ({
  name: 'lighter-clients',
  setup({ onLoad }) {
    onLoad({ filter: SCHEMAS }, ({ path }) => {
      const [, client = ''] = SCHEMAS.exec(path.replaceAll('\\', '/')) ?? [];
      const kept = errorsOf(join(path, '../../..'), used.get(client) ?? new Set());
      return { contents: withoutErrors(withPlainKeys(readFileSync(path, 'utf8')), kept), loader: 'js' };
    });
    onLoad({ filter: MANIFEST }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
});

function withPlainKeys(text: string): string {
  const constants = new Map([...text.matchAll(/^const (\w+) = ("[^"]*");$/gm)].map(([, name, value]) => [name, value]));
  return text.replace(/\[(\w+)\]:/g, (whole, name: string) =>
    constants.has(name) ? `${constants.get(name)}:` : whole,
  );
}

/** Null keeps all: a paginator or a waiter calls a command that is not imported by its name. */
function errorsOf(client: string, names: ReadonlySet<string>): ReadonlySet<string> | null {
  if ([...names].some((name) => /^(paginate|waitUntil|waitFor)/.test(name))) return null;
  const errors = new Set<string>();
  for (const name of names) {
    const declaration = join(client, 'dist-types/commands', `${name}.d.ts`);
    if (!existsSync(declaration)) continue;
    for (const [, error = ''] of readFileSync(declaration, 'utf8').matchAll(/@throws \{@link (\w+)\}/g))
      errors.add(error);
  }
  return errors;
}

function withoutErrors(text: string, kept: ReadonlySet<string> | null): string {
  if (kept === null) return text;
  // The base exception is the one of the registry `_s`, and always stays.
  return text.replace(/^n\d+_registry\.registerError\(\w+\$, (\w+)\);$/gm, (whole, error: string) =>
    kept.has(error) ? whole : '',
  );
}
