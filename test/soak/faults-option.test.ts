/** Which faults a command line means. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageProblem } from '../../console/problem.ts';
import { parseFaults } from '../../console/soak/faults-option.ts';

const folder = mkdtempSync(join(tmpdir(), 'mainstay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const entries = [
  { kind: 'crash', at: 3, lasts: null },
  { kind: 'throttle', at: 5, lasts: 10, fault: { kind: 'throttle', service: 'ssm' } },
];
const good = file('good.json', JSON.stringify({ profile: 'hostile', entries }));

describe('the faults of a command line', () => {
  it('are none unless asked for', () => expect(parseFaults({})).toBeUndefined());
  it('are those of a profile', () => expect(parseFaults({ faults: 'rough' })).toEqual({ profile: 'rough' }));
  it('may be some of them', () => {
    expect(parseFaults({ faults: 'hostile', only: '3,7' })).toEqual({ profile: 'hostile', only: [3, 7] });
    expect(parseFaults({ faults: 'hostile', only: 'none' })).toEqual({ profile: 'hostile', only: [] });
  });
  it('may be those of a file, as a soak prints them', () => {
    expect(parseFaults({ faults: good })).toEqual({ profile: 'hostile', entries });
    expect(parseFaults({ faults: good, only: '1' })).toEqual({ profile: 'hostile', entries: [entries[1]] });
  });

  it.each([
    [{ only: '3' }, /--only: got '3'; it needs --faults/],
    [{ faults: 'hostile', only: '3..7' }, /--only: got '3..7'; give positions/],
    [{ faults: 'wild' }, /--faults: got 'wild'; give calm, rough, hostile or a JSON file/],
    [{ faults: good, only: '2' }, /--only: no fault 2; the file has 0 to 1/],
    [{ faults: file('bad.json', '{') }, /--faults: got '.*bad.json'/],
    [{ faults: file('odd.json', '{"entries":[{"kind":"x","at":-1,"lasts":null}]}') }, /odd.json: entries.0.at:/],
  ])('%o is refused with the option named', (options, message) => {
    expect(() => parseFaults(options)).toThrow(UsageProblem);
    expect(() => parseFaults(options)).toThrow(message);
  });
});
