/**
 * The state machines against the functions they call: every error name is known, every family is treated as its name
 * says, every task has a limit and a way out, and every path from the claim to an end gives it up.
 */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { families as alertRouting } from '../../functions/alert-routing/errors.ts';
import { families as blueGreen } from '../../functions/blue-green/errors.ts';
import { families as regionFailover } from '../../functions/region-failover/errors.ts';

const families = { ...alertRouting, ...blueGreen, ...regionFailover };

/** The package ships no types for this way of importing it. */
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => { errors: unknown[] };

interface Rule {
  ErrorEquals: string[];
  MaxAttempts?: number;
  Next?: string;
}
interface State {
  Type: string;
  Resource?: string;
  Arguments?: { FunctionName: string };
  TimeoutSeconds?: unknown;
  Retry?: Rule[];
  Catch?: Rule[];
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
  Branches?: { StartAt: string; States: Record<string, State> }[];
}
interface Machine {
  TimeoutSeconds: number;
  StartAt: string;
  States: Record<string, State>;
}

const machines = globSync('statemachines/*.asl.json')
  .sort()
  .map((file) => ({
    file,
    slug: basename(file, '.asl.json').replace(/-(clean-up|escalation)$/, ''),
    machine: JSON.parse(readFileSync(file, 'utf8')) as Machine,
  }));

interface Found {
  name: string;
  state: State;
  /** Of the Parallel around it, if any. */
  outer: State | undefined;
}

const statesOf = (states: Record<string, State>, outer?: State): Found[] =>
  Object.entries(states).flatMap(([name, state]) => [
    { name, state, outer },
    ...(state.Branches ?? []).flatMap((branch) => statesOf(branch.States, state)),
  ]);

const handlerOf = (state: State): string =>
  (state.Arguments?.FunctionName.match(/^\$\{(\w+)\}$/)?.[1] ?? '').replaceAll(
    /[A-Z]/g,
    (letter) => `-${letter.toLowerCase()}`,
  );

const familyOf = (name: string): string | undefined => (families as Record<string, string>)[name];

/** What more than one handler does, and throws for. */
const PARTS = ['retreat', 'idle', 'quiet', 'steadily'];

/** Thrown by the handler's own file and by its parts; the shared ones come from ports, parsing and claims. */
const thrownBy = (slug: string, handler: string): string[] => {
  const own = readFileSync(`functions/${slug}/${handler}.ts`, 'utf8');
  const parts = PARTS.filter((part) => own.includes(`from './${part}.ts'`));
  const text = [own, ...parts.map((part) => readFileSync(`functions/${slug}/${part}.ts`, 'utf8'))].join('\n');
  return [...text.matchAll(/throw new (\w+)\(/g)].map((match) => match[1] as string);
};

describe.each(machines)('$file', ({ slug, machine }) => {
  const all = statesOf(machine.States);
  const tasks = all.filter(({ state }) => state.Type === 'Task');

  it('is valid, and limited in time', () => {
    expect(validate(machine).errors).toEqual([]);
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
  });

  it('calls nothing but Lambda: no task changes the world without a fence', () => {
    for (const { state } of tasks) {
      expect(state.Resource).toMatch(/^arn:aws:states:::lambda:invoke(\.waitForTaskToken)?$/);
    }
  });

  it.each(tasks.map((found) => [found.name, found] as const))(
    '%s has a limit, a retry and a way out',
    (_name, { state, outer }) => {
      expect(state.TimeoutSeconds).toBeDefined();
      expect(state.Retry?.length).toBeGreaterThan(0);
      const exits = (state.Catch ?? outer?.Catch ?? []).flatMap((rule) => rule.ErrorEquals);
      expect(exits).toContain('States.ALL');
    },
  );

  it('names only errors that exist', () => {
    const names = all.flatMap(({ state }) =>
      [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap((rule) => rule.ErrorEquals),
    );
    const unknown = names.filter(
      (name) => !['States.ALL', 'States.TaskFailed', 'States.Timeout'].includes(name) && !familyOf(name),
    );
    expect(unknown).toEqual([]);
  });

  it('never repeats what is invalid, in conflict or unsafe', () => {
    for (const { name, state } of tasks) {
      const final = (state.Retry ?? []).filter((rule) => rule.MaxAttempts === 0).flatMap((rule) => rule.ErrorEquals);
      const again = (state.Retry ?? []).filter((rule) => rule.MaxAttempts !== 0).flatMap((rule) => rule.ErrorEquals);
      expect([name, again.filter((error) => familyOf(error) && familyOf(error) !== 'NotReady')]).toEqual([name, []]);
      expect(final).toContain('InvalidInput');
      const own = thrownBy(slug, handlerOf(state)).filter((error) => familyOf(error) !== 'NotReady');
      expect([name, own.filter((error) => !final.includes(error))]).toEqual([name, []]);
    }
  });

  it("repeats each function's own NotReady, and no other function's", () => {
    for (const { name, state } of tasks) {
      const named = (state.Retry ?? [])
        .flatMap((rule) => rule.ErrorEquals)
        .filter((error) => familyOf(error) === 'NotReady');
      const own = thrownBy(slug, handlerOf(state)).filter((error) => familyOf(error) === 'NotReady');
      expect([name, named.sort()]).toEqual([name, [...new Set(own)].sort()]);
    }
  });

  it('stops quietly on a conflict wherever the claim is asked for', () => {
    for (const { name, state, outer } of tasks) {
      const text = readFileSync(`functions/${slug}/${handlerOf(state)}.ts`, 'utf8');
      if (!/requireClaim|moves\.take|requireLease|requireIdle/.test(text) || handlerOf(state) === 'record') continue;
      const exits = (state.Catch ?? outer?.Catch ?? []).flatMap((rule) => rule.ErrorEquals);
      const conflict = slug === 'blue-green' ? 'LeaseConflict' : 'ClaimConflict';
      expect([name, exits.includes(conflict)]).toEqual([name, true]);
    }
  });
});

describe('region-failover.asl.json', () => {
  const { States } = (machines.find(({ file }) => file.endsWith('/region-failover.asl.json')) as { machine: Machine })
    .machine;
  const next = (name: string): string[] => {
    const state = States[name] as State;
    return [
      state.Next,
      state.Default,
      ...(state.Choices ?? []).map((rule) => rule.Next),
      ...(state.Catch ?? []).map((rule) => rule.Next),
    ].filter((target) => target !== undefined);
  };
  /** Every end that can be reached from a state without passing one of these. */
  const endsWithout = (from: string, gates: readonly string[], seen = new Set<string>()): string[] => {
    if (seen.has(from) || gates.includes(from)) return [];
    seen.add(from);
    const targets = next(from);
    return targets.length === 0 ? [from] : targets.flatMap((target) => endsWithout(target, gates, seen));
  };

  it('gives the claim up on every path from taking it to an end, or leaves it to whoever has it', () => {
    const releases = ['Record the move', 'Undo the claim', 'Undo what can be undone'];
    const afterClaim = (States.Claim as State).Next as string;
    expect(new Set(endsWithout(afterClaim, releases))).toEqual(new Set(['Leave it to the other']));
  });

  it('reaches Moved only through the verification', () => {
    expect(endsWithout('Note the request', ['Check the verification'])).not.toContain('Moved');
  });

  it('promotes only after the fence and the confirmation, unless it resumes after the one-way step', () => {
    const reached = (gates: readonly string[]) => {
      const seen = new Set<string>();
      endsWithout('Assess', gates, seen);
      return seen.has('Promote and scale');
    };
    expect(reached([])).toBe(true);
    expect(reached(['Check the lease'])).toBe(false);
    expect(reached(['Check that it still holds'])).toBe(false);
  });

  it('keeps the safe order: promote, configure, open, consumers, traffic, verify', () => {
    const order = [
      'Promote and scale',
      'Configure the application',
      'Open writes',
      'Start consumers',
      'Shift traffic',
      'Verify by writing',
    ];
    expect(order.slice(0, -1).map((name) => States[name]?.Next)).toEqual(order.slice(1));
  });
});

describe('the vocabulary', () => {
  it('names every error by a literal, in the family its name ends with', () => {
    const files = globSync('functions/*/errors.ts').sort();
    expect(files).toContain('functions/region-failover/errors.ts');
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      const classes = [...text.matchAll(/class (\w+) extends named\('(\w+)'\) \{\}/g)];
      for (const [, className = '', name] of classes) {
        expect(name).toBe(className);
        const family = new RegExp(`^ {2}${className}: '(\\w+)',$`, 'm').exec(text)?.[1] ?? 'none';
        expect([className, family === 'Invalid' ? className.startsWith(family) : className.endsWith(family)]).toEqual([
          className,
          true,
        ]);
      }
      expect([file, classes.length]).toEqual([file, text.match(/^export class /gm)?.length]);
    }
  });
});
