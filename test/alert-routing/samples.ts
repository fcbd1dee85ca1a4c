/** Every sample of every source of alerts, by kind and name; and mutations of them that are anything but well formed. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Kinds that are for region failover and blue/green, not for routing. */
const OTHERS = new Set([
  'alarm-state-change',
  'execution-status-change',
  'failover-decision',
  'failover-request',
  'image-push',
  'release-decision',
  'release-request',
]);

export interface Sample {
  readonly kind: string;
  readonly name: string;
  readonly sort: 'real' | 'near-miss' | 'reject';
  readonly input: unknown;
}

export const samples: readonly Sample[] = globSync('events/samples/*/*.{json,txt}')
  .sort()
  .map((file): Sample => {
    const name = basename(file).replace(/\.(json|txt)$/, '');
    const text = readFileSync(file, 'utf8');
    const sort = name.startsWith('near-miss') ? 'near-miss' : name.startsWith('reject') ? 'reject' : 'real';
    return { kind: basename(dirname(file)), name, sort, input: file.endsWith('.txt') ? text : JSON.parse(text) };
  })
  .filter(({ kind }) => !OTHERS.has(kind));

export const real = samples.filter(({ sort }) => sort === 'real');

const ODD: readonly unknown[] = [
  null,
  '',
  -1,
  1e308,
  [],
  {},
  true,
  'NaN',
  '9999-12-31T23:59:59Z',
  '\u0000\u202E<!channel>',
  '__proto__',
  'x'.repeat(50_000),
];

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]))];
}

function changed(value: unknown, path: Path, change: (member: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return change(value);
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  const member = changed(copy[name], rest, change);
  if (member === GONE) delete copy[name];
  else copy[name] = member;
  return copy;
}

const GONE = Symbol('gone');

/** One member of each real sample gone, odd, or of another sample; a text cut short. The same list every time. */
export function mutations(): { readonly from: string; readonly input: unknown }[] {
  let turn = 0;
  return real.flatMap(({ kind, name, input }) => {
    const from = `${kind}/${name}`;
    if (typeof input === 'string') {
      return Array.from({ length: 20 }, (_, part) => ({ from, input: input.slice(0, (input.length * part) / 20) }));
    }
    const text = JSON.stringify(input);
    const cut = [0.1, 0.5, 0.9, 0.99].map((share) => ({ from, input: text.slice(0, text.length * share) }));
    return [
      ...cut,
      ...pathsOf(input).flatMap((path) => {
        turn += 1;
        const odd = [ODD[turn % ODD.length]];
        return [GONE, ...odd].map((member) => ({
          from: `${from} ${path.join('.')}`,
          input: changed(input, path, () => member),
        }));
      }),
    ].map((mutation) => (mutation.input === GONE ? { ...mutation, input: undefined } : mutation));
  });
}
