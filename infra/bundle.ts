/**
 * Bundles every function and the application's instance entry into dist/, each as a package of two CommonJS files: its
 * own code (index.cjs) and the libraries it uses (node_modules/libraries.cjs). The same files run on Lambda and in the
 * simulator, which loads libraries once and a function's own code for each container. Started by `npm run build`.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';
import { lighterClients } from './bundle/lighter-clients.ts';
import { lighterZod } from './bundle/lighter-zod.ts';
import { withEsbuild } from './bundle/with-esbuild.ts';

/** Files in functions/<slug>/ that are not handlers. */
const NOT_HANDLERS = new Set(['decide.ts', 'errors.ts', 'measure.ts']);

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  // The SDK's dynamic imports of Node's own modules must become require: the simulator answers those.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

const PROGRAM = { platform: 'node', target: 'node24', format: 'cjs', minify: true } as const;

/** What functions never use of the SDK: the default chain of credentials alone would be a fifth of each package. */
const ON_LAMBDA = {
  '@aws-sdk/credential-provider-node': './functions/shared/aws/credentials.ts',
  '@aws-sdk/endpoint-cache': './functions/shared/aws/endpoint-cache.ts',
  '@smithy/core/event-streams': './functions/shared/aws/event-streams.ts',
};

/** Where a package keeps its libraries; what is under node_modules is library code to the simulator. */
const LIBRARIES = 'node_modules/libraries.cjs';

export interface Package {
  /** Folder in dist/: '<slug>/<handler>' or 'app'. */
  readonly name: string;
  /** The module that it starts with. */
  readonly entry: string;
  /** Whether its credentials come from Lambda. */
  readonly onLambda: boolean;
  /** Packages that are neither bundled nor in libraries.cjs: who runs it brings them. */
  readonly external: readonly string[];
}

/** A function's slug and handler, in stable order. A handler is a file that exports `handler`. */
export function handlers(): { slug: string; handler: string; file: string }[] {
  return globSync('functions/*/*.ts')
    .filter((file) => !file.startsWith('functions/shared/') && !NOT_HANDLERS.has(basename(file)))
    .filter((file) => /export const handler\b/.test(readFileSync(file, 'utf8')))
    .sort()
    .map((file) => ({ slug: basename(dirname(file)), handler: basename(file, '.ts'), file }));
}

/** Everything that is bundled. */
export function packages(): Package[] {
  const functions = handlers().map(({ slug, handler, file }) => ({
    name: join(slug, handler),
    entry: file,
    onLambda: true,
    external: [],
  }));
  // The driver is installed in the image and answered by the simulator's own in a drill.
  return [...functions, { name: 'app', entry: 'app/instance.ts', onLambda: false, external: ['mongodb'] }];
}

/** Builds everything into `directory`. Throws when a source does not compile. */
export async function bundleAll(directory = 'dist'): Promise<void> {
  for (const [name, files] of await bundle(packages())) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(directory, name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}

/** The files of packages, by their name and path. `plugins` may edit the project's own sources on the way. */
export const bundle = (all: readonly Package[], plugins: Plugin[] = []): Promise<Bundles> =>
  withEsbuild(() => bundled(all, plugins));

type Bundles = Map<string, Readonly<Record<string, string>>>;

async function bundled(all: readonly Package[], plugins: Plugin[]): Promise<Bundles> {
  const entryPoints = all.map(({ name, entry }) => ({ in: entry, out: name }));
  const own = await texts({ ...OPTIONS, format: 'esm', packages: 'external', entryPoints, plugins });
  const parts = new Map(all.map((each) => [each.name, withoutLibraries(own.get(each.name) ?? '', each)]));
  const used = usedOf([...parts.values()].map(({ exports }) => exports));
  // Builds that share their options share what they read of the SDK.
  const groups = [all.filter(({ onLambda }) => onLambda), all.filter(({ onLambda }) => !onLambda)];
  const libraries = await Promise.all(
    groups.map((group) =>
      texts({
        ...OPTIONS,
        format: 'cjs',
        minify: true,
        external: group.flatMap(({ external }) => external),
        ...(group[0]?.onLambda && { alias: ON_LAMBDA }),
        entryPoints: group.map(({ name }) => ({ in: `libraries:${name}`, out: name })),
        plugins: [fromMemory((name) => parts.get(name)?.exports), lighterClients(used), lighterZod],
      }),
    ),
  );
  const programs = all.map(async ({ name, entry }) => {
    const { code } = await transform(parts.get(name)?.program ?? '', { ...PROGRAM, sourcefile: entry });
    const shared = libraries.map((group) => group.get(name)).find((text) => text !== undefined) ?? '';
    return [name, { 'index.cjs': code, [LIBRARIES]: shared }] as const;
  });
  return new Map(await Promise.all(programs));
}

/** What esbuild makes of each entry point, by its `out`. */
async function texts(options: BuildOptions): Promise<Map<string, string>> {
  const { outputFiles = [] } = await build({ ...options, write: false, outdir: '.' });
  const nameOf = (path: string) => relative('.', path).replace(/\.js$/, '');
  return new Map(outputFiles.map(({ path, text }) => [nameOf(path), text]));
}

/** Entry points 'libraries:<name>' whose text is made here. */
const fromMemory = (textOf: (name: string) => string | undefined): Plugin => ({
  name: 'libraries',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^libraries:/ }, ({ path }) => ({
      path: path.replace('libraries:', ''),
      namespace: 'libraries',
    }));
    onLoad({ filter: /.*/, namespace: 'libraries' }, ({ path }) => ({
      contents: textOf(path) ?? '',
      resolveDir: resolve('.'),
      loader: 'js',
    }));
  },
});

/** An import statement as esbuild prints it, at the head of a bundle. */
const IMPORT = /^import (?:([\s\S]*?) from )?"([^"]+)";\n/gm;

/** Splits a bundle whose packages are external: what it imports of libraries becomes the exports of one module. */
function withoutLibraries(text: string, { name, external }: Package): { program: string; exports: string } {
  const named = new Map<string, string>();
  const whole = new Map<string, string[]>();
  const imported: string[] = [];
  const program = text.replace(IMPORT, (statement, clause: string | undefined, from: string) => {
    if (from.startsWith('node:') || external.includes(from)) return statement;
    if (clause === undefined) throw new Error(`${name}: import "${from}" for its effects only cannot be bundled`);
    for (const { what, local } of specifiers(clause, from)) {
      if (what === '*') whole.set(from, [...(whole.get(from) ?? []), local]);
      else named.set(`${what} ${from}`, named.get(`${what} ${from}`) ?? local);
      imported.push(`${what === '*' ? whole.get(from)?.[0] : named.get(`${what} ${from}`)} as ${local}`);
    }
    return '';
  });
  return {
    program: `import { ${imported.join(', ')} } from "./${LIBRARIES}";\n${program}`,
    exports: [
      ...[...named].map(([key, local]) => {
        const [what, from] = key.split(' ');
        return `export { ${what} as ${local} } from "${from}";`;
      }),
      ...[...whole].map(([from, locals]) => namespaceExport(locals, from, program)),
    ].join('\n'),
  };
}

/** What an import clause brings: `* as z`, `middy` or `{ A, B as C }`. Throws for one that esbuild does not print. */
function specifiers(clause: string, from: string): { what: string; local: string }[] {
  const star = /^\* as (\S+)$/.exec(clause)?.[1];
  if (star) return [{ what: '*', local: star }];
  if (/^\w+$/.test(clause)) return [{ what: 'default', local: clause }];
  const named = /^\{([\s\S]*)\}$/.exec(clause)?.[1];
  if (named === undefined) throw new Error(`an import of ${from} has the clause '${clause}', which is not understood`);
  return named
    .split(',')
    .map((each) => each.trim().split(' as '))
    .filter(([what]) => what !== '')
    .map(([what = '', local = what]) => ({ what, local }));
}

/** Which names are taken of each library, by the exports that withoutLibraries writes. */
function usedOf(exports: readonly string[]): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const [, name = '', from = ''] of exports.join('\n').matchAll(/^export \{ (\w+) as \w+ \} from "([^"]+)";$/gm)) {
    used.set(from, (used.get(from) ?? new Set()).add(name));
  }
  return used;
}

/** Of a namespace only the members that the program names, so that the rest of the library can be left out. */
function namespaceExport(locals: readonly string[], from: string, program: string): string {
  const uses = [...program.matchAll(new RegExp(`(?<![.\\w$])(?:${locals.join('|')})(?![\\w$])(?:\\.(\\w+))?`, 'g'))];
  const members = new Set(uses.map(([, member]) => member));
  const [local] = locals;
  if (members.has(undefined)) return `export * as ${local} from "${from}";`;
  const listed = [...members].map((member) => `${member}: all_${local}.${member}`).join(', ');
  return `import * as all_${local} from "${from}";\nexport const ${local} = { ${listed} };`;
}

if (process.argv[1] && existsSync(process.argv[1]) && import.meta.filename === process.argv[1]) await bundleAll();
