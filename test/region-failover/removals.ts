/** What is taken out of region failover, in the words of its guards. */
import { type Removal, replacing, type Statement, type States } from '../without-guard.ts';

const SLUG = 'region-failover';

/** Leaves rows out of the guards of decide.ts. */
export const withoutRows = (...ids: readonly string[]): Removal => ({
  source: 'functions/region-failover/decide.ts',
  bundles: ['region-failover/assess'],
  edit(text: string) {
    for (const id of ids) replacing(`id: '${id}',`, '')(text);
    const renamed = replacing('export const guards:', 'const everyGuard:')(text);
    return `${renamed}\nexport const guards = everyGuard.filter(({ id }) => !${JSON.stringify(ids)}.includes(id));\n`;
  },
});

export const editing = (machine: 'FailoverMachine' | 'CleanUpMachine', edit: (states: States) => void): Removal => ({
  slug: SLUG,
  machine,
  edit,
});

/** Lets a state be followed by another one than it should. */
export const skipping = (state: string, next: string): Removal =>
  editing('FailoverMachine', (states) => {
    const from = states[state];
    if (!from?.Next || !states[next]) throw new Error(`no state '${state}' that could be followed by '${next}'`);
    from.Next = next;
  });

export const step = (handler: string, edit: (text: string) => string): Removal => ({
  source: `functions/region-failover/${handler}.ts`,
  bundles: [`region-failover/${handler}`],
  edit,
});

export const policy = (policyOf: string, edit: (statements: Statement[]) => void): Removal => ({
  slug: SLUG,
  policyOf,
  edit,
});
