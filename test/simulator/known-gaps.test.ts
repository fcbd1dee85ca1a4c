/** simulator/KNOWN-GAPS.md is what a reader trusts, so it is compared with the code. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inventory } from '../../simulator/cloudformation/resources/index.ts';
import { guesses, renewed } from '../../simulator/gaps.ts';
import { services } from '../../simulator/services/index.ts';

const text = readFileSync('simulator/KNOWN-GAPS.md', 'utf8');

describe('KNOWN-GAPS.md', () => {
  it('is as the code is; if not, run npm run gaps', () => {
    expect(renewed(text)).toBe(text);
  });

  it('names every resource type that is inert, with the reason', () => {
    const inert = inventory().filter(({ model }) => model === 'inert');
    expect(inert.length).toBeGreaterThan(10);
    expect(inert.filter(({ type, reason }) => !text.includes(`| \`${type}\` | ${reason} |`))).toEqual([]);
  });

  it('names every file in which something is guessed', () => {
    const files = new Set(guesses().map(({ file }) => file));
    expect(files.size).toBeGreaterThan(20);
    expect([...files].filter((file) => !text.includes(`(\`${file}\`)`))).toEqual([]);
  });

  it('names every operation of every service; if not, run npm run gaps', () => {
    const rows = services.flatMap(({ name, operations }) =>
      Object.keys(operations).map((operation) => `| \`${name}:${operation}\` |`),
    );
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter((row) => !text.includes(row))).toEqual([]);
  });

  it('is behind as soon as a guess or a type is missing from it', () => {
    const [guess] = guesses();
    for (const lost of [guess?.text ?? '', '| `AWS::Logs::LogGroup`']) {
      expect(text).toContain(lost);
      expect(renewed(text.replace(lost, ''))).not.toBe(text.replace(lost, ''));
    }
  });
});
