/** The tables of docs/<slug>.md name what is there: invariants, scenarios, test files, guards, and the slug's own files. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarios as alertRouting } from '../../console/drills/alert-routing/scenarios.ts';
import { allScenarios as blueGreen } from '../../console/drills/blue-green/all-scenarios.ts';
import { INVARIANTS } from '../../console/drills/blue-green/invariants.ts';
import { guards } from '../blue-green/guards.ts';

interface Row {
  readonly number: string;
  readonly invariant: string;
  readonly scenarios: string;
  readonly properties: string;
  readonly without: readonly string[];
}

/** The rows of the table of invariants, which begin with a number. */
function rowsOf(text: string): Row[] {
  return [...text.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, number = '', cells = '']) => {
    const [invariant = '', scenarios = '', properties = '', without = ''] = cells.split(' | ');
    return { number, invariant, scenarios, properties, without: without.split('; ') };
  });
}

/** What stands in backticks, remarks in parentheses left out. */
const named = (text: string): string[] =>
  [...text.replace(/\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** What rows name in their scenarios and properties that is not there; `both-regions…` is what begins so. */
function missingIn(rows: readonly Row[], slug: string, known: readonly string[]): string[] {
  const isScenario = (name: string): boolean => {
    if (name.endsWith('…')) return known.some((each) => each.startsWith(name.slice(0, -1)));
    const file = name.endsWith('.scenario.ts') ? `test/${slug}/${name}` : `console/drills/${slug}/${name}`;
    return name.endsWith('.ts') ? existsSync(file) : known.includes(name);
  };
  return rows.flatMap(({ number, scenarios, properties }) => [
    ...named(scenarios).flatMap((name) => (isScenario(name) ? [] : [`${number}: no scenario '${name}'`])),
    ...named(properties).flatMap((name) =>
      existsSync(`test/${slug}/${name}.test.ts`) ? [] : [`${number}: no test/${slug}/${name}.test.ts`],
    ),
  ]);
}

/** The names of files in a table's first column. */
const filesIn = (text: string): string[] =>
  [...text.matchAll(/^\| (`[^|]*\.ts`) \|/gm)].flatMap(([, cell = '']) => named(cell));

describe('docs/blue-green.md', () => {
  const text = readFileSync('docs/blue-green.md', 'utf8');
  const rows = rowsOf(text);

  it('has the invariants as the drills check them', () => {
    const checked = INVARIANTS.filter(({ id }) => id !== 'blue-green/rights');
    expect(rows.map(({ number, invariant }) => [`blue-green/${number}`, invariant])).toEqual(
      checked.map(({ id, text: says }) => [id, says]),
    );
  });

  it('names scenarios and tests that are there, and a scenario for each invariant', () => {
    expect(missingIn(rows, 'blue-green', Object.keys(blueGreen))).toEqual([]);
    expect(rows.filter(({ scenarios }) => named(scenarios).length === 0)).toEqual([]);
  });

  it('names every guard that is taken out, each under the invariant that breaks', () => {
    expect(rows.flatMap(({ number, without }) => without.map((guard) => `${number} ${guard}`)).sort()).toEqual(
      guards.map(({ id, without }) => `${id} ${without}`).sort(),
    );
  });

  it('says of every file of the functions what it does', () => {
    const files = globSync('functions/blue-green/*.ts').map((file) => basename(file));
    expect(filesIn(text).sort()).toEqual(files.sort());
  });

  it('would be objected to for a scenario or a test that is gone', () => {
    const renamed = text.replaceAll('`no-metrics`', '`no-figures`').replaceAll('`drift`', '`drifting`');
    expect(missingIn(rowsOf(renamed), 'blue-green', Object.keys(blueGreen))).toEqual([
      '6: no test/blue-green/drifting.test.ts',
      "14: no scenario 'no-figures'",
      "22: no scenario 'no-figures'",
    ]);
  });
});

describe('docs/alert-routing.md', () => {
  const text = readFileSync('docs/alert-routing.md', 'utf8');
  const rows = rowsOf(text);

  it('numbers twenty invariants', () => {
    expect(rows.map(({ number }) => Number(number))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('names scenarios and tests that are there', () => {
    expect(missingIn(rows, 'alert-routing', Object.keys(alertRouting))).toEqual([]);
  });

  it('names guards by the names that they have where they are taken away', () => {
    const source = readFileSync('test/alert-routing/guards.scenario.ts', 'utf8');
    const known = [...source.matchAll(/^ {4}without: '([^']+)',$/gm)].map(([, name = '']) => name);
    expect(known.length).toBeGreaterThan(20);
    // What is taken away in the core, or in a test of its own, says where.
    const inTheWhole = rows.flatMap(({ without }) => without.filter((guard) => !/^(unit:|in `)/.test(guard)));
    expect(inTheWhole.filter((guard) => !known.includes(guard))).toEqual([]);
  });

  it('names files of the functions that are there', () => {
    const gone = filesIn(text).filter((file) => !existsSync(`functions/alert-routing/${file}`));
    expect(gone).toEqual([]);
  });
});
