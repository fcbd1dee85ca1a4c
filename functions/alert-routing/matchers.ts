/**
 * Matching alerts by label. A matcher set is a record: label → one value, several, or a test. A label that is missing is
 * the empty string, as in Alertmanager. Besides an alert's own labels these can be matched: kind, source, account,
 * region, resource, name, and severity where it is known already.
 */
import * as z from 'zod';
import type { Signal } from './signal.ts';

const value = z.string().max(1000);

/** RE2 would be safe from catastrophic backtracking, JavaScript's expressions are not: only short, flat ones are taken. */
const expression = z
  .string()
  .max(200)
  .refine((text) => !/[+*}]\)?[+*{]|\\\d|\(\?/.test(text), 'no nested quantifiers, look-around or back references')
  .refine((text) => {
    try {
      new RegExp(`^(?:${text})$`, 'u');
      return true;
    } catch {
      return false;
    }
  }, 'a regular expression');

const Test = z.union([
  value,
  z.array(value).min(1).max(100),
  z.strictObject({ not: z.union([value, z.array(value).min(1).max(100)]) }),
  /** Anchored at both ends. */
  z.strictObject({ matches: expression }),
  z.strictObject({ matchesNot: expression }),
]);
export type Test = z.infer<typeof Test>;

export const Matchers = z.record(z.string().min(1).max(200), Test);
export type Matchers = z.infer<typeof Matchers>;

/** A matcher set, made ready once. */
export type Predicate = (signal: Signal, severity?: string) => boolean;

export function compile(matchers: Matchers): Predicate {
  const tests = Object.entries(matchers).map(([label, test]) => [label, compileTest(test)] as const);
  return (signal, severity) => {
    for (const [label, holds] of tests) if (!holds(labelOf(signal, label, severity))) return false;
    return true;
  };
}

const compileTest = (test: Test): ((text: string) => boolean) => {
  if (typeof test === 'string') return (text) => text === test;
  if (Array.isArray(test)) {
    const set = new Set(test);
    return (text) => set.has(text);
  }
  if ('not' in test) {
    const is = compileTest(test.not);
    return (text) => !is(text);
  }
  if ('matches' in test) {
    const pattern = new RegExp(`^(?:${test.matches})$`, 'u');
    return (text) => pattern.test(text);
  }
  const pattern = new RegExp(`^(?:${test.matchesNot})$`, 'u');
  return (text) => !pattern.test(text);
};

/** A label of the alert, or of what every alert has. */
export function labelOf(signal: Signal, label: string, severity?: string): string {
  switch (label) {
    case 'kind':
    case 'source':
    case 'account':
    case 'region':
    case 'resource':
    case 'name':
      return signal[label];
    case 'severity':
      return severity ?? signal.severity ?? '';
    default:
      return signal.labels[label] ?? '';
  }
}

/** Whether no alert can match both: some label is asked for disjoint values. False when it cannot be told. */
export function areDisjoint(a: Matchers, b: Matchers): boolean {
  return Object.entries(a).some(([label, test]) => {
    const other = b[label];
    if (other === undefined) return false;
    const [these, those] = [valuesOf(test), valuesOf(other)];
    if (these) return !these.some((text) => compileTest(other)(text));
    return those ? !those.some((text) => compileTest(test)(text)) : false;
  });
}

/** Whether every alert that matches `narrow` matches `wide`. False when it cannot be told. */
export function covers(wide: Matchers, narrow: Matchers): boolean {
  return Object.entries(wide).every(([label, test]) => {
    const other = narrow[label];
    if (other === undefined) return false;
    const values = valuesOf(other);
    return values ? values.every((text) => compileTest(test)(text)) : JSON.stringify(test) === JSON.stringify(other);
  });
}

const valuesOf = (test: Test): readonly string[] | null =>
  typeof test === 'string' ? [test] : Array.isArray(test) ? test : null;
