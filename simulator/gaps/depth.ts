/**
 * How deep each modelled operation goes, as far as its code tells: which members of its input are named anywhere in the
 * code that carries it out. Nothing acts on a member that is named nowhere. The reverse does not hold: functions that
 * operations share may name a member for one of them only. Used by ../gaps.ts.
 */
import { globSync, readFileSync } from 'node:fs';
import type { AnyService } from '../service.ts';
import { clientOf, clientPackages } from '../wire/clients.ts';
import { membersOf } from '../wire/schemas.ts';

export interface Depth {
  readonly service: string;
  readonly operation: string;
  readonly members: readonly string[];
  /** Those that no code of the operation names. */
  readonly unnamed: readonly string[];
  /** It is there to be refused by name. */
  readonly refused: boolean;
}

/** Where the code of a service is, under simulator/; 'services/<name>' where nothing is said. */
const ROOMS: Readonly<Record<string, string>> = {
  cloudformation: 'cloudformation',
  elasticloadbalancing: 'services/elbv2',
  events: 'eventbridge',
  iam: 'iam',
  lambda: 'lambda',
  scheduler: 'eventbridge',
  states: 'stepfunctions',
};

/** The client whose types the service is written in, where two speak to one service (../clients.ts). */
const CLIENTS: Readonly<Record<string, string>> = { rds: 'docdb' };

/** One row per operation of these services. Throws when a service has no code where it should be, or no client. */
export function depths(services: readonly AnyService[]): Depth[] {
  return services.flatMap((service) => {
    const operations = service.operations as Readonly<Record<string, (...args: never) => unknown>>;
    const names = Object.keys(operations).sort();
    if (names.length === 0) return [];
    const client = clientFor(service.name);
    const declarations = declarationsIn(ROOMS[service.name] ?? `services/${service.name}`);
    return names.map((operation) => {
      const input = client.operations.get(operation)?.input;
      if (input === undefined) throw new Error(`${service.name} has no operation ${operation} in its client`);
      const members = Object.keys(membersOf(input));
      const code = withoutComments(String(operations[operation]));
      const words = wordsReached(code, declarations);
      const unnamed = members.filter((member) => !words.has(member));
      return { service: service.name, operation, members, unnamed, refused: REFUSES.test(code) };
    });
  });
}

function clientFor(service: string) {
  const found = clientPackages.find((name) =>
    CLIENTS[service] === undefined ? clientOf(name).service === service : name === CLIENTS[service],
  );
  if (found === undefined) throw new Error(`the wire lists no client for ${service}`);
  return clientOf(found);
}

type Words = ReadonlySet<string>;

const roomsRead = new Map<string, ReadonlyMap<string, Words>>();

/** Name of each top-level declaration of a room → the words of its code; same names in two files are taken together. */
function declarationsIn(room: string): ReadonlyMap<string, Words> {
  const known = roomsRead.get(room);
  if (known) return known;
  const root = new URL('..', import.meta.url);
  const files = globSync([`${room}.ts`, `${room}/**/*.ts`], { cwd: root }).sort();
  if (files.length === 0) throw new Error(`there is no code in simulator/${room}`);
  const declarations = new Map<string, Set<string>>();
  for (const file of files) {
    const text = withoutComments(readFileSync(new URL(file, root), 'utf8'));
    const starts = [...text.matchAll(/^(?:export )?(?:async )?(?:function|const|class) (\w+)/gm)];
    starts.forEach((start, index) => {
      const name = start[1] as string;
      const words = wordsIn(text.slice(start.index, starts[index + 1]?.index));
      declarations.set(name, new Set([...(declarations.get(name) ?? []), ...words]));
    });
  }
  roomsRead.set(room, declarations);
  return declarations;
}

/** A body that does nothing else. */
const REFUSES = /^[^{]*\{\s*throw new [\w.]*NotModelled\(/;

/** The words of an operation's code and of everything of the room that it calls, directly or not. */
function wordsReached(code: string, declarations: ReadonlyMap<string, Words>): Set<string> {
  const reached = new Set<string>();
  const waiting = [...wordsIn(code)];
  for (let word = waiting.pop(); word !== undefined; word = waiting.pop()) {
    if (reached.has(word)) continue;
    reached.add(word);
    waiting.push(...(declarations.get(word) ?? []));
  }
  return reached;
}

const wordsIn = (code: string): Set<string> => new Set(code.match(/[A-Za-z_]\w*/g));

const withoutComments = (code: string): string => code.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
