/**
 * Leaves out of zod what turns schemas into JSON Schema, a fifth of it: every kind of schema refers to it, and no function
 * asks for it. Whoever does is refused by name.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const PARTS = /\bzod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/;

export const lighterZod: Plugin = {
  name: 'lighter-zod',
  setup({ onLoad }) {
    onLoad({ filter: PARTS }, ({ path }) => ({ contents: refusing(readFileSync(path, 'utf8')), loader: 'js' }));
  },
};

/** The same exports. What only makes a method for later is made; the method refuses. */
function refusing(text: string): string {
  const declared = [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name = '']) => name);
  const renamed = [...text.matchAll(/^export \{ \w+ as (\w+) \};$/gm)].map(([, name = '']) => name);
  return [
    "const refuse = () => { throw new Error('JSON Schema is left out of the bundles; see infra/bundle/lighter-zod.ts'); };",
    'const make = () => refuse;',
    ...[...declared, ...renamed].map(
      (name) => `export const ${name} = ${name.startsWith('create') ? 'make' : 'refuse'};`,
    ),
  ].join('\n');
}
