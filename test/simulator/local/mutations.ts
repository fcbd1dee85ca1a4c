/** Changes that make a right body a wrong one, in the ways that programs trip over. Used by malformed.ts. */
import type { Random } from '../../../simulator/random.ts';

/** The same bytes with a few of them changed, left out or doubled. */
export function bytesChanged(bytes: Uint8Array, random: Random): Buffer {
  let changed = Buffer.from(bytes);
  for (let i = random.integer(4); i >= 0; i--) {
    const at = random.integer(Math.max(1, changed.byteLength));
    const kind = random.integer(3);
    if (kind === 0) changed[at] = random.integer(256);
    else if (kind === 1)
      changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1 + random.integer(8))]);
    else
      changed = Buffer.concat([
        changed.subarray(0, at),
        changed.subarray(Math.max(0, at - 9), at),
        changed.subarray(at),
      ]);
  }
  return changed;
}

/** Values that programs trip over. */
export const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53 + 2,
  '',
  ' ',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  [],
  [[]],
  {},
  { a: 1 },
  [null],
  'x'.repeat(3_000),
  '${jndi:x}',
  '%00',
  '=',
  "' or 1=1",
  { __proto__x: 1 },
  '🙂',
  -0.5,
  '99999999999999999999999',
  '2026-13-45T99:99:99Z',
  'arn:aws:',
  '*',
];

/** A JSON value with one or more of its parts exchanged, left out or renamed. */
function jsonChanged(value: unknown, random: Random): unknown {
  if (random.chance(0.12)) return random.pick(oddValues);
  if (Array.isArray(value)) {
    const items = value.map((item) => jsonChanged(item, random));
    return random.chance(0.2) ? [...items, random.pick(oddValues)] : items;
  }
  if (typeof value !== 'object' || value === null) return random.chance(0.15) ? random.pick(oddValues) : value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      if (random.chance(0.08)) return [];
      const named = random.chance(0.05) ? String(random.pick(oddValues)) : name;
      return [[named, jsonChanged(member, random)]];
    }),
  );
}

const deep = (open: string, close: string, count: number): string => open.repeat(count) + close.repeat(count);

/** A body of this kind that no program means. */
export function bodyChanged(body: string, random: Random): string | Uint8Array {
  const kind = random.integer(5);
  if (kind === 0) return body.slice(0, random.integer(body.length + 1));
  if (kind === 1) return bytesChanged(Buffer.from(body), random);
  if (body.startsWith('{'))
    return kind === 2 ? jsonMonster(random) : JSON.stringify(jsonChanged(JSON.parse(body), random));
  if (body.startsWith('<')) return xmlChanged(body, random);
  return formChanged(body, random);
}

const jsonMonster = (random: Random): string =>
  random.pick([
    () => deep('[', ']', 50_000),
    () => deep('{"Item":', '}', 20_000),
    () => `{"TableName":"table","Key":{"pk":${deep('{"M":{"a":', '}}', 5_000)}}}`,
    () => `{"TableName":"${'x'.repeat(100_000)}"}`,
    () => '[]',
    () => '"text"',
    () => '12',
    () => 'null',
    () => '{"__proto__":{"TableName":"table"},"constructor":{"prototype":{}}}',
    () => `{${Array.from({ length: 5_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
  ])();

function xmlChanged(body: string, random: Random): string {
  const [root = 'a'] = /<([A-Z]\w+)/.exec(body)?.slice(1) ?? [];
  return random.pick([
    () => deep('<a>', '</a>', 5_000),
    () => `<${root}>${deep('<Change>', '</Change>', 2_000)}</${root}>`,
    () => `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><${root}>&b;</${root}>`,
    () => `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><${root}><Status>&f;</Status></${root}>`,
    () => body.replace(/<\/\w+>/, ''),
    () => body.replace(/>([^<>]+)</, `>${String(random.pick(oddValues))}<`),
    () => body.replace(/(<(\w+)>.*<\/\2>)/s, '$1$1'),
    () => `<${root}/>`,
    () => `<${root}><![CDATA[${'x'.repeat(10_000)}]]></${root}>`,
    () => `<other>${body}</other>`,
  ])();
}

function formChanged(body: string, random: Random): string {
  const action = /Action=\w+/.exec(body)?.[0] ?? 'Action=X';
  return random.pick([
    () => `${action}&${'a.'.repeat(20_000)}=1`,
    () => `${action}&Filter.999999999.Value.1=x&Filter.-1.Name=y&Filter.1e9.Name=z`,
    () => `${action}&__proto__.a=1&constructor.prototype.b=2&Filter.__proto__.Name=x`,
    () => `${action}&${action}&${action}`,
    () => `${action}&${'x=1&'.repeat(20_000)}`,
    () => 'Action=__proto__',
    () => 'Action=constructor&Version=1',
    () => `Action=${'x'.repeat(10_000)}`,
    () => `${action}&%=%&%zz=%zz`,
    () => body.replace(/=[^&]*/g, () => `=${encodeURIComponent(wellFormed(random.pick(oddValues)))}`),
    () => body.replaceAll('&', '&&').replaceAll('=', '=='),
    () => '',
  ])();
}

/** Half a surrogate pair cannot be escaped. */
export const wellFormed = (value: unknown): string => String(value).replace(/[\ud800-\udfff]/g, '?');
