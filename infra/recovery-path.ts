/**
 * DESIGN decision 3, checked at every synthesis without running anything, once for each serving region as the one being
 * activated: nothing that a failover runs depends on the region being left, nor on a control plane that all regions
 * share. Read from the synthesized templates (machines, roles) and from the handlers' sources. Started by
 * infra/recovery-path/plugin.ts; it is also the static check of region-failover/I11.
 */
import { definitionProblems } from './recovery-path/definitions.ts';
import { findRecoveryPath, type RecoveryPath } from './recovery-path/members.ts';
import { roleProblems } from './recovery-path/policies.ts';
import { type ReadSource, sourceProblems } from './recovery-path/sources.ts';
import { bucketRegions, type SynthesizedStack } from './recovery-path/template.ts';

export interface RecoveryPathInput {
  readonly slug: string;
  /** Name of the state machine that carries out the failover; one in each serving region. */
  readonly workflow: string;
  readonly regions: { readonly serving: readonly [string, string]; readonly witness: string };
  readonly stacks: readonly SynthesizedStack[];
  /** The text of a file of the project, by its path from the root. */
  readonly readSource: ReadSource;
}

export interface Direction {
  /** The region being activated. */
  readonly to: string;
  /** The region being left. */
  readonly from: string;
  /** slug/handler of every function looked at, in order of name. */
  readonly functions: readonly string[];
  /** Every call that those functions' sources make, such as dynamodb:GetItem. */
  readonly calls: readonly string[];
  /** One sentence each, naming the function or machine, the call or resource, and the reason. */
  readonly problems: readonly string[];
}

/** Both directions; recovery depends on data planes alone when neither has a problem. */
export function checkRecoveryPath(input: RecoveryPathInput): readonly Direction[] {
  const [first, second] = input.regions.serving;
  return [direction(input, second, first), direction(input, first, second)];
}

function direction(input: RecoveryPathInput, from: string, to: string): Direction {
  const { slug, workflow, regions, stacks, readSource } = input;
  const path = findRecoveryPath({ slug, workflow, witness: regions.witness, stacks, to });
  const place = { to, from, witness: regions.witness, buckets: bucketRegions(stacks) };
  const handlers = handlersOf(path);
  const sources = sourceProblems(handlers, readSource);
  return {
    to,
    from,
    functions: handlers,
    calls: sources.calls,
    problems: [
      ...new Set([
        ...path.problems,
        ...path.machines.flatMap(definitionProblems),
        ...path.roles.flatMap((role) => roleProblems(role, place)),
        ...sources.problems,
      ]),
    ],
  };
}

const handlersOf = ({ functions }: RecoveryPath): string[] => [...new Set(functions.map(({ name }) => name))].sort();
