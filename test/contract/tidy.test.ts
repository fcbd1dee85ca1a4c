/** Style that a test keeps: which way imports point, what is banned and what to use instead, sizes, nothing unwired. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { events, schedules, urls } from '../../infra/wiring.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
const files = globSync('{events,functions,infra,statemachines}/**/*.ts').sort();
const functions = files.filter((file) => file.startsWith('functions/'));
const code = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

/** Relative imports as repository paths, packages as they are. With `type`, type-only imports count too. */
function importsOf(file: string, withTypes = true): string[] {
  return [...read(file).matchAll(/^(?:import|export) (type )?(?:[^;]*? from )?'([^']+)';/gm)]
    .filter(([, typeOnly]) => withTypes || !typeOnly)
    .map(([, , target]) => target as string)
    .map((target) => (target.startsWith('.') ? normalize(join(dirname(file), target)) : target));
}

describe('imports', () => {
  /** Where a folder's files may import from, besides packages. */
  const allowed: Readonly<Record<string, readonly RegExp[]>> = {
    events: [/^events\//],
    functions: [/^functions\//, /^events\//],
    statemachines: [/^statemachines\//, /^events\//],
    infra: [/^infra\//, /^events\//, /^functions\/shared\/config\.ts$/],
  };

  it.each(files)('%s import only what lies below', (file) => {
    const rules = allowed[file.split('/')[0] as string] as readonly RegExp[];
    const own = importsOf(file).filter((target) =>
      /^(events|functions|infra|statemachines|simulator|console|app|test)\//.test(target),
    );
    expect(own.filter((target) => !rules.some((rule) => rule.test(target)))).toEqual([]);
  });

  it('of infra from functions are types only', () => {
    const infra = files.filter((file) => file.startsWith('infra/'));
    expect(infra.flatMap((file) => importsOf(file, false)).filter((target) => target.startsWith('functions/'))).toEqual(
      [],
    );
  });

  it('of the SDK are in the adapters only', () => {
    const importing = functions.filter((file) => importsOf(file).some((target) => target.startsWith('@aws-sdk/')));
    expect(importing.filter((file) => !file.startsWith('functions/shared/aws/'))).toEqual([]);
  });

  it('of shared code never reach into a slug', () => {
    const shared = functions.filter((file) => file.startsWith('functions/shared/'));
    expect(
      shared.flatMap((file) => importsOf(file)).filter((target) => /^functions\/(?!shared\/)/.test(target)),
    ).toEqual([]);
  });

  it.each(globSync('functions/*/{decide,measure,observation,reconciliation}.ts').sort())(
    'of %s are types only, so that it stays pure',
    (file) => {
      expect(importsOf(file, false)).toEqual([]);
    },
  );

  it('of wiring.ts are events only', () => {
    expect(importsOf('infra/wiring.ts').filter((target) => !target.startsWith('events/'))).toEqual([]);
  });

  it.each(files)('%s takes zod as a namespace, which is a fifth of its size', (file) => {
    expect(read(file)).not.toMatch(/import (type )?\{[^}]*\} from 'zod'/);
  });
});

describe('banned calls', () => {
  const banned: readonly [call: RegExp, instead: string, allowed: readonly string[]][] = [
    [/\bDate\.now\(/, 'the port Clock', ['functions/shared/clock.ts']],
    [/\bnew Date\(\)/, 'the port Clock', ['functions/shared/clock.ts']],
    [/\bsetTimeout\(|\bsetInterval\(/, 'Clock.sleep or Clock.within', ['functions/shared/clock.ts']],
    [/\bMath\.random\(/, 'a name derived from the event', []],
    [/\brandomUUID\b|\brandomBytes\b/, 'a name derived from the event', []],
    [/\bfetch\(/, 'the port Web', ['functions/shared/web.ts']],
    [/\bconsole\./, 'the port Log', []],
    [
      /\bprocess\.env\b/,
      'functions/shared/config.ts',
      ['functions/shared/lambda.ts', 'functions/shared/aws/credentials.ts'],
    ],
  ];
  it.each(banned)('%s: use %s', (call, _instead, allowed) => {
    const using = functions.filter((file) => call.test(code(read(file))));
    expect(using.filter((file) => !allowed.includes(file))).toEqual([]);
  });
});

describe('size', () => {
  it('of every function is at most 70 lines', () => {
    const long = files.flatMap((file) => {
      const lines = read(file).split('\n');
      return lines.flatMap((line, start) => {
        if (!/^(export )?(async )?function |^(export )?const \w+ =.*(=>|\()$|^ {2}[#\w]+\(.*\{$/.test(line)) return [];
        const indent = line.match(/^ */)?.[0] ?? '';
        const end = lines.findIndex((other, index) => index > start && new RegExp(`^${indent}[})]`).test(other));
        return end - start > 70 ? [`${file}:${start + 1} ${end - start} lines`] : [];
      });
    });
    expect(long).toEqual([]);
  });

  it('of every file is at most 400 lines, and each opens by saying what it is for', () => {
    for (const file of files) {
      expect([file, read(file).split('\n').length <= 400]).toEqual([file, true]);
      expect([file, read(file).startsWith('/**')]).toEqual([file, true]);
    }
  });
});

describe('every slug is complete', () => {
  const handlers = globSync('functions/*/*.ts')
    .filter((file) => !file.startsWith('functions/shared/'))
    .filter((file) => /export const handler\b/.test(read(file)))
    .map((file) => file.split('/').slice(1) as [string, string])
    .map(([slug, file]) => ({ slug, handler: file.replace('.ts', '') }));
  const machines = globSync('statemachines/*.asl.json');

  it.each(handlers)('$slug/$handler is started by the wiring, a machine, or CloudFormation', ({ slug, handler }) => {
    const wired = [...events, ...schedules, ...urls].some(
      (row) => row.slug === slug && 'function' in row.starts && row.starts.function === handler,
    );
    const placeholder = `\${${handler.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}}`;
    const called = machines.some((file) => read(file).includes(placeholder));
    const resource = /Started by: \* CloudFormation|Started by:[\s*]*CloudFormation/.test(
      read(`functions/${slug}/${handler}.ts`),
    );
    expect(wired || called || resource).toBe(true);
  });

  it('has every function that the wiring starts', () => {
    const wanted = [...events, ...schedules, ...urls].flatMap((row) =>
      'function' in row.starts ? [`${row.slug}/${row.starts.function}`] : [],
    );
    const there = handlers.map(({ slug, handler }) => `${slug}/${handler}`);
    expect(wanted.filter((name) => !there.includes(name))).toEqual([]);
  });

  it.each(handlers)('$slug/$handler says who starts it', ({ slug, handler }) => {
    expect(read(`functions/${slug}/${handler}.ts`)).toMatch(/Started by:/);
  });

  it('has a contract of input and output beside every machine', () => {
    for (const file of machines) expect(globSync(file.replace('.asl.json', '.io.ts'))).toHaveLength(1);
  });
});

describe('rights', () => {
  it('name every action: no wildcard in any policy of infra', () => {
    const wild = files
      .filter((file) => file.startsWith('infra/'))
      .flatMap((file) =>
        [...code(read(file)).matchAll(/'[a-z0-9-]+:[A-Za-z]*\*'/g)].map((match) => `${file} ${match[0]}`),
      );
    expect(wild).toEqual([]);
  });
});
