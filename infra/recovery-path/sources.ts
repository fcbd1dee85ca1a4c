/**
 * What the handlers on the recovery path call, read from their sources: a handler's file and all that it imports. The
 * calls are the imported SDK commands, so a call that is imported anywhere on the way counts.
 */
import { posix } from 'node:path';
import { CLIENTS, refusalOf } from './calls.ts';

/** The text of a file by its path from the project's root; undefined when there is none. */
export type ReadSource = (path: string) => string | undefined;

interface Import {
  /** Names of values; types are erased and call nothing. */
  readonly names: readonly string[];
  readonly whole: boolean;
  readonly from: string;
}

/** Packages that open no connection. */
const QUIET_PACKAGES: ReadonlySet<string> = new Set([
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/logger/middleware',
  '@aws-lambda-powertools/metrics',
  '@aws-sdk/util-dynamodb',
  '@middy/core',
  'zod',
]);

const IMPORT = /^(?:import|export)\s+(type\s)?([^'";]*?)\sfrom\s+'([^']+)';/gm;
/** An import for its effects only: nothing says what it does. */
const BARE_IMPORT = /^import\s+'([^']+)';/gm;
const REGION = /\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-[a-z]+-\d\b/;

export interface Looked {
  /** In order of name, such as dynamodb:GetItem. */
  readonly calls: readonly string[];
  readonly problems: readonly string[];
}

/** Every handler (slug/handler) with all that it imports. */
export function sourceProblems(handlers: readonly string[], read: ReadSource): Looked {
  const calls = new Set<string>();
  const looked = new Map<string, File>();
  /** Many handlers share most of their files. */
  const look = (path: string): File => {
    const known = looked.get(path) ?? lookAt(path, read(path), calls);
    looked.set(path, known);
    return known;
  };
  const problems = handlers.flatMap((handler) =>
    filesOf(`functions/${handler}.ts`, look).flatMap(([path, file]) =>
      file.problems.map((problem) => `${handler} (${path}) ${problem}`),
    ),
  );
  return { calls: [...calls].sort(), problems };
}

interface File {
  /** Paths of the project's files that it imports. */
  readonly imports: readonly string[];
  readonly problems: readonly string[];
}

/** The file and every file of the project that it imports, directly or not. */
function filesOf(entry: string, look: (path: string) => File): (readonly [string, File])[] {
  const files = new Map<string, File>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    const file = look(path);
    files.set(path, file);
    file.imports.forEach(visit);
  };
  visit(entry);
  return [...files];
}

function lookAt(path: string, source: string | undefined, calls: Set<string>): File {
  if (source === undefined) return { imports: [], problems: ['is not there, so what it calls is not known'] };
  const text = withoutComments(source);
  const relative = importsOf(text).filter(({ from }) => from.startsWith('.'));
  return {
    imports: relative.map(({ from }) => posix.join(posix.dirname(path), from)),
    problems: problemsIn(text, calls),
  };
}

function problemsIn(text: string, calls: Set<string>): string[] {
  const problems = importsOf(text).flatMap((found) => importProblems(found, calls));
  for (const [, from] of text.matchAll(BARE_IMPORT))
    problems.push(`imports ${from} for its effects: what it calls cannot be read`);
  if (/\bimport\s*\(|\brequire\s*\(/.test(text)) problems.push('imports while it runs: what that calls cannot be read');
  for (const [, client, options] of text.matchAll(/\bnew (\w+Client)\(([^;]*?)\)?;/g)) {
    if (!/clientOptions\(\s*\S+?\s*\)|\bregion\b/.test(options ?? '')) {
      problems.push(`makes a ${client} without saying its region: it would speak to whatever AWS_REGION holds`);
    }
  }
  const region = REGION.exec(text)?.[0];
  if (region) problems.push(`names ${region}: which regions there are is configuration`);
  if (/amazonaws\.com|api\.aws\b/.test(text)) problems.push('speaks to AWS without an SDK client');
  return problems;
}

function importProblems({ names, whole, from }: Import, calls: Set<string>): string[] {
  const client = CLIENTS[from];
  if (from.startsWith('.') || QUIET_PACKAGES.has(from)) return [];
  if (!client && !from.startsWith('@aws-sdk/client-')) {
    return [`imports ${from}: whether it opens a connection is not known (infra/recovery-path/sources.ts)`];
  }
  if (whole) return [`imports all of ${from}: what it calls cannot be read`];
  return names.flatMap((name) => {
    // A client calls nothing before it is given a command.
    if (name.endsWith('Client')) return [];
    if (!name.endsWith('Command')) return [`uses ${name} of ${from}, which is no single call`];
    const operation = name.slice(0, -'Command'.length);
    const action = `${client?.service ?? serviceOf(from)}:${operation}`;
    if (!client?.calls[operation]) return [`calls ${action}: ${refusalOf(action) ?? 'it is not on the list'}`];
    calls.add(action);
    return [];
  });
}

/** Package names differ from IAM prefixes in little more than hyphens; close enough to name a service that is refused. */
const serviceOf = (client: string): string => {
  const name = client.slice('@aws-sdk/client-'.length);
  return name === 'route-53' ? 'route53' : name === 'global-accelerator' ? 'globalaccelerator' : name;
};

function importsOf(text: string): Import[] {
  return [...text.matchAll(IMPORT)]
    .filter(([, type]) => type === undefined)
    .map(([, , clause = '', from = '']) => ({
      from,
      whole: !/^\s*\{/.test(clause) && !from.startsWith('.'),
      names: (/\{([^}]*)\}/.exec(clause)?.[1] ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name) => name.split(/\s+as\s+/)[0] as string),
    }));
}

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
