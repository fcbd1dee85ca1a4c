/** Compares what was granted and never used with what infra/unused-permissions.ts explains. */
import type { Explanation } from '../../infra/unused-permissions.ts';
import { type Granted, textOf } from './ledger.ts';

export interface Verdict {
  /** Unused, with the reason that is given for it. */
  readonly explained: readonly { readonly permission: Granted; readonly because: string }[];
  /** Unused, and nobody says why it is granted. */
  readonly unexplained: readonly Granted[];
  /** Explanations that do not hold, a sentence each. */
  readonly stale: readonly string[];
}

export interface Judged {
  readonly granted: readonly Granted[];
  readonly explanations: readonly Explanation[];
  /** Whether the tests that explanations name were run, and not the scenarios alone. */
  readonly withTests: boolean;
}

export function judge({ granted, explanations, withTests }: Judged): Verdict {
  const unused = granted.filter(({ used }) => !used);
  const found = unused.map((permission) => ({
    permission,
    explanation: explanations.find((explanation) => isAbout(explanation, permission)),
  }));
  return {
    explained: found.flatMap(({ permission, explanation }) =>
      explanation === undefined ? [] : [{ permission, because: explanation.because }],
    ),
    unexplained: found.filter(({ explanation }) => explanation === undefined).map(({ permission }) => permission),
    stale: explanations.flatMap((explanation) => complaint(explanation, granted, withTests) ?? []),
  };
}

/** What is wrong with an explanation; undefined when it is needed as it stands. */
function complaint(explanation: Explanation, granted: readonly Granted[], withTests: boolean): string | undefined {
  const about = granted.filter((permission) => isAbout(explanation, permission));
  const name = `explanation for ${explanation.role}: ${explanation.actions.join(', ')}`;
  const idle = explanation.actions.find((action) => !about.some((permission) => permission.action === action));
  if (idle !== undefined) return `${name}: no role is granted ${idle}${on(explanation)}; take it out`;
  if (explanation.usedBy === undefined) {
    const used = about.find((permission) => permission.used);
    return used && `${name}: it is used by ${textOf(used)}; take it out`;
  }
  const unused = about.find((permission) => !permission.used);
  if (!withTests || unused === undefined) return undefined;
  return `${name}: ${explanation.usedBy} does not use ${textOf(unused)}`;
}

const on = ({ resource }: Explanation): string => (resource === undefined ? '' : ` on ${resource}`);

/** Whether it speaks of a role that is among these. */
export const concerns = ({ role }: Explanation, granted: readonly Pick<Granted, 'role'>[]): boolean =>
  granted.some((permission) => fits(role, permission.role));

export const isAbout = ({ role, actions, resource }: Explanation, permission: Granted): boolean =>
  fits(role, permission.role) &&
  actions.includes(permission.action) &&
  (resource === undefined || fits(resource, permission.resource));

/** '*' stands for any text. */
function fits(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(text);
}
