/** Who is on the recovery path to a region: its failover machine, all that starts it or follows it, and the witness's vote. */
import { listOf, type Resource, referenceOf, resourcesOf, type SynthesizedStack } from './template.ts';

/** A function, state machine or rule target's role, with the stack that it is in. */
export interface Member {
  /** slug/handler of a function; the logical id of anything else. */
  readonly name: string;
  readonly stack: SynthesizedStack;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface RoleHolder extends Member {
  readonly kind: 'function' | 'machine' | 'starter';
  readonly roleId: string;
}

export interface RecoveryPath {
  readonly machines: readonly Member[];
  readonly functions: readonly Member[];
  readonly roles: readonly RoleHolder[];
  readonly problems: readonly string[];
}

interface Sought {
  readonly slug: string;
  readonly workflow: string;
  readonly witness: string;
  readonly to: string;
  readonly stacks: readonly SynthesizedStack[];
}

/**
 * In the region being activated everything in the stack of the machine that an event, a schedule or a machine starts;
 * in the witness what schedules start. A function that only CloudFormation calls works at deployments.
 */
export function findRecoveryPath({ slug, workflow, witness, to, stacks }: Sought): RecoveryPath {
  const home = stacks.find(
    (stack) =>
      stack.region === to &&
      resourcesOf(stack).some(
        ([, { Type, Properties }]) =>
          Type === 'AWS::StepFunctions::StateMachine' && Properties?.StateMachineName === workflow,
      ),
  );
  if (!home) {
    const problem = `no stack of ${to} has the state machine ${workflow}: nothing could be moved there`;
    return { machines: [], functions: [], roles: [], problems: [problem] };
  }
  const outside = stacks.filter((stack) => stack.region === witness);
  const parts = [membersOf(home, slug), ...outside.map((stack) => membersOf(stack, slug))];
  return {
    machines: parts.flatMap((part) => part.machines),
    functions: parts.flatMap((part) => part.functions),
    roles: parts.flatMap((part) => part.roles),
    problems: parts.flatMap((part) => part.problems),
  };
}

function membersOf(stack: SynthesizedStack, slug: string): RecoveryPath {
  const problems: string[] = [];
  const machines: Member[] = [];
  const functions = new Map<string, Member>();
  const roles: RoleHolder[] = [];
  const holds = (member: Member, kind: RoleHolder['kind'], role: unknown) => {
    const roleId = referenceOf(role);
    if (roleId !== null && stack.template.Resources?.[roleId]) roles.push({ ...member, kind, roleId });
    else
      problems.push(`${stack.name}: the role of ${member.name} is not in its own stack, so its rights are not known`);
  };
  /** Notes the function or machine that `target` points to. */
  const reach = (by: string, target: unknown) => {
    const id = referenceOf(target);
    const found = id === null ? undefined : stack.template.Resources?.[id];
    if (id !== null && found?.Type === 'AWS::StepFunctions::StateMachine') return;
    if (id === null || found?.Type !== 'AWS::Lambda::Function') {
      problems.push(
        `${stack.name}: ${by} starts ${JSON.stringify(target)}, which is no function or machine of its stack`,
      );
      return;
    }
    if (functions.has(id)) return;
    const properties = found.Properties ?? {};
    const name = String(properties.Description ?? id);
    if (!name.startsWith(`${slug}/`)) {
      problems.push(`${stack.name}: ${by} calls ${id}, whose Description does not say which handler of ${slug} it is`);
    }
    const member = { name, stack, properties };
    functions.set(id, member);
    holds(member, 'function', properties.Role);
  };
  for (const [id, resource] of resourcesOf(stack)) {
    const member = { name: id, stack, properties: resource.Properties ?? {} };
    if (resource.Type === 'AWS::StepFunctions::StateMachine') {
      machines.push(member);
      holds(member, 'machine', member.properties.RoleArn);
      for (const target of Object.values(substitutionsOf(resource))) reach(id, target);
    }
    for (const target of targetsOf(resource)) {
      reach(id, target.Arn);
      if (target.RoleArn !== undefined) holds(member, 'starter', target.RoleArn);
    }
  }
  return { machines, functions: [...functions.values()], roles, problems };
}

export const substitutionsOf = ({ Properties }: Resource): Readonly<Record<string, unknown>> =>
  (Properties?.DefinitionSubstitutions ?? {}) as Record<string, unknown>;

interface Target {
  readonly Arn?: unknown;
  readonly RoleArn?: unknown;
}

function targetsOf({ Type, Properties }: Resource): readonly Target[] {
  if (Type === 'AWS::Events::Rule') return listOf(Properties?.Targets) as Target[];
  if (Type === 'AWS::Scheduler::Schedule') return listOf(Properties?.Target) as Target[];
  return [];
}
