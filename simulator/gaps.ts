/**
 * The parts of KNOWN-GAPS.md that the code itself knows: what is guessed, what is refused by name, which operations and
 * resource types there are, how deep they go and what is not there. Started by `npm run gaps`, which writes them between
 * the file's markers; test/simulator/known-gaps.test.ts and its slow twin fail when the file is behind the code.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { inventory } from './cloudformation/resources/index.ts';
import { depths } from './gaps/depth.ts';
import { coverage } from './gaps/not-implemented.ts';
import { services } from './services/index.ts';

const FILE = new URL('KNOWN-GAPS.md', import.meta.url);

/** Marker in the file → its lines, as the code has them now. */
export function generatedSections(): Readonly<Record<string, string>> {
  return {
    guesses: byRoom(guesses()),
    refusals: byRoom(refusals()),
    inert: table(
      ['type', 'why nothing needs it to act'],
      inventory()
        .filter(({ model }) => model === 'inert')
        .map(({ type, reason = '' }) => [`\`${type}\``, reason]),
    ),
    modelled: inventory()
      .filter(({ model }) => model === 'modelled')
      .map(({ type }) => `\`${type}\``)
      .join(', '),
  };
}

/** The same for what is compared with the APIs of the SDK's clients, which take half a second to load. */
export function apiSections(): Readonly<Record<string, string>> {
  const rows = coverage(services);
  return {
    operations: table(
      ['operation', 'members of its input that its code names', 'the others'],
      depths(services).map(({ service, operation, members, unnamed, refused }) => {
        const named =
          unnamed.length === 0 ? `all ${members.length}` : `${members.length - unnamed.length} of ${members.length}`;
        return [`\`${service}:${operation}\``, refused ? 'refused' : named, refused ? '' : unnamed.join(', ')];
      }),
    ),
    'not implemented': [
      table(
        ['client', 'operations modelled', 'answer NotImplemented'],
        rows.map(({ client, modelled, missing }) => [`\`${client}\``, `${modelled}`, `${missing.length}`]),
      ),
      ...rows.map(
        ({ client, missing }) => `<details><summary>${client}</summary>\n\n${missing.join(', ')}\n\n</details>`,
      ),
    ].join('\n\n'),
  };
}

export interface Mark {
  /** Relative to simulator/. */
  readonly file: string;
  readonly text: string;
}

const sources = (): (readonly [string, string])[] =>
  globSync('**/*.ts', { cwd: new URL('.', import.meta.url) })
    .filter((file) => !file.startsWith('gaps'))
    .sort()
    .map((file) => [file, readFileSync(new URL(file, import.meta.url), 'utf8')] as const);

/** In the one file of durations an estimate is marked E, beside P, M and S of better sources. */
const DURATIONS = 'world/durations.ts';

/** Every comment that says Guess, whole: what is guessed is often said before the word. */
export const guesses = (): Mark[] =>
  sources().flatMap(([file, text]) =>
    commentsOf(text)
      .filter((comment) => /\bGuess\b/.test(comment) || (file === DURATIONS && /(^|[.;] )E\b/.test(comment)))
      .map((comment) => ({ file, text: comment })),
  );

/** Every message of NotModelled that is written in the code; what it is told of stands as an ellipsis. */
const refusals = (): Mark[] =>
  sources().flatMap(([file, text]) =>
    [...text.matchAll(/new NotModelled\(\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`)/g)].map((match) => ({
      file,
      text: (match[1] ?? match[2] ?? match[3] ?? '').replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…'),
    })),
  );

/** Block comments, and runs of line comments, as one line of text each. */
function commentsOf(text: string): string[] {
  const found = text.matchAll(/\/\*\*?([\s\S]*?)\*\/|(?:^[ \t]*\/\/.*\n)+/gm);
  return [...found].map((match) =>
    (match[1] ?? match[0])
      .split('\n')
      .map((line) => line.replace(/^\s*(?:\*|\/\/)?\s?/, '').trim())
      .join(' ')
      .trim(),
  );
}

/** The folder, or the service where the folder holds them all. */
const roomOf = (file: string): string => {
  const [first = '', second = ''] = file.replace(/\.ts$/, '').split('/');
  if (first === 'services' || file.startsWith('cloudformation/resources/')) return `${first}/${second}`;
  return second === '' ? 'kernel' : first;
};

function byRoom(marks: readonly Mark[]): string {
  const rooms = Map.groupBy(marks, ({ file }) => roomOf(file));
  return [...rooms]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([room, found]) => `**${room}**\n\n${found.map(({ file, text }) => `- ${text} (\`${file}\`)`).join('\n')}`)
    .join('\n\n');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The file's text with these parts as the code has them now. Throws when a marker is missing. */
export function renewed(text: string, sections: Readonly<Record<string, string>> = generatedSections()): string {
  return Object.entries(sections).reduce((renewedText, [name, lines]) => {
    const [begin, end] = [`<!-- generated: ${name} -->`, '<!-- end -->'];
    const from = renewedText.indexOf(begin);
    const until = renewedText.indexOf(end, from);
    if (from < 0 || until < 0) throw new Error(`KNOWN-GAPS.md has no part '${begin} … ${end}'`);
    return `${renewedText.slice(0, from + begin.length)}\n\n${lines}\n\n${renewedText.slice(until)}`;
  }, text);
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(FILE, renewed(readFileSync(FILE, 'utf8'), { ...generatedSections(), ...apiSections() }));
}
