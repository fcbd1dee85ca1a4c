/** What the roles on the recovery path may do, and where: nothing in the region being left, nothing that all regions share. */
import { DELIVERY_ACTIONS, MANAGED_POLICIES, ACTIONS as PLANES, refusalOf } from './calls.ts';
import type { RoleHolder } from './members.ts';
import { listOf, referenceOf, resourcesOf, type SynthesizedStack, textOf } from './template.ts';

export interface Place {
  /** The region being activated, and the one being left. */
  readonly to: string;
  readonly from: string;
  readonly witness: string;
  readonly buckets: ReadonlyMap<string, string>;
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One sentence per right that the path must not have. */
export function roleProblems(holder: RoleHolder, place: Place): string[] {
  const { stack, kind, name, roleId } = holder;
  const about = `${stack.name}: ${kind === 'machine' ? 'state machine ' : ''}${name}`;
  const managed = managedPolicies(stack, roleId)
    .filter((policy) => policy === null || !MANAGED_POLICIES.has(policy))
    .map((policy) => `${about} has the managed policy ${policy ?? '(not readable)'}, whose calls are not listed`);
  const rights = statementsOf(stack, roleId)
    .filter(({ Effect }) => Effect !== 'Deny')
    .flatMap((statement) => statementProblems(statement, holder, place))
    .map((problem) => `${about} ${problem}`);
  return [...managed, ...rights];
}

const managedPolicies = (stack: SynthesizedStack, roleId: string): (string | null)[] =>
  listOf(stack.template.Resources?.[roleId]?.Properties?.ManagedPolicyArns).map((arn) => textOf(arn, stack));

interface PolicyProperties {
  readonly PolicyDocument?: { readonly Statement?: unknown };
}

/** The role's inline policies, and every policy of the stack that is attached to it. */
function statementsOf(stack: SynthesizedStack, roleId: string): Statement[] {
  const inline = listOf(stack.template.Resources?.[roleId]?.Properties?.Policies) as PolicyProperties[];
  const attached = resourcesOf(stack)
    .filter(([, { Type }]) => /^AWS::IAM::(Role|Managed)?Policy$/.test(Type))
    .map(([, { Properties }]) => Properties ?? {})
    .filter(({ Roles, RoleName }) => [...listOf(Roles), RoleName].some((role) => referenceOf(role) === roleId));
  return [...inline, ...(attached as PolicyProperties[])].flatMap(
    ({ PolicyDocument }) => listOf(PolicyDocument?.Statement) as Statement[],
  );
}

function statementProblems(statement: Statement, holder: RoleHolder, place: Place): string[] {
  const { Action, NotAction, Resource, NotResource } = statement;
  if (NotAction !== undefined || NotResource !== undefined) {
    return ['may do everything but what is named (NotAction, NotResource): what that is cannot be looked at'];
  }
  return listOf(Action).flatMap((named) => {
    const action = String(named);
    if (holder.kind === 'machine' && DELIVERY_ACTIONS.has(action)) return [];
    const refusal = refusalOf(action);
    if (refusal !== null) return [`may call ${action}: ${refusal}`];
    return listOf(Resource).flatMap((resource) => {
      const problem = resourceProblem(resource, action, statement, holder.stack, place);
      return problem === null ? [] : [`may call ${action} on ${JSON.stringify(resource)}: ${problem}`];
    });
  });
}

/** Why a resource may not be needed for the move; null when it may. */
function resourceProblem(
  resource: unknown,
  action: string,
  { Condition }: Statement,
  stack: SynthesizedStack,
  place: Place,
): string | null {
  const text = textOf(resource, stack);
  if (text === null) return 'which resource that is cannot be known from the template';
  if (text === '*') {
    const regions = listOf(Condition?.StringEquals?.['aws:RequestedRegion']).map((region) => textOf(region, stack));
    if (regions.length === 0) return 'a wildcard reaches every region; name one with aws:RequestedRegion';
    return regions.map((region) => regionProblem(region, action, stack, place)).find((found) => found !== null) ?? null;
  }
  if (text.startsWith('{{')) return regionProblem(stack.region, action, stack, place);
  const [, , service = '', region = '', , ...name] = text.split(':');
  if (/[*?]/.test(service + region)) return 'a wildcard reaches every region';
  if (service === 's3') {
    const bucket = name.join(':').split('/')[0] ?? '';
    const home = place.buckets.get(bucket) ?? null;
    return home === null
      ? `no stack has a bucket ${bucket}, so its region is not known`
      : regionProblem(home, action, stack, place);
  }
  // A global cluster has no region in its ARN; each region's own endpoint answers for it.
  if (service === 'rds' && region === '' && name[0] === 'global-cluster') return null;
  return regionProblem(region, action, stack, place);
}

/** The witness gives its items and objects to both directions, and nothing else. */
function regionProblem(region: string | null, action: string, stack: SynthesizedStack, place: Place): string | null {
  const { to, from, witness } = place;
  if (region === from) return `it is in ${from}, the region being left`;
  if (region === to) return null;
  if (region !== witness) return `its region, ${region || 'none'}, is not of this application`;
  const isItem = /^(dynamodb|s3):/.test(action) && PLANES.get(action) === 'data';
  if (isItem || (stack.region === witness && PLANES.get(action) === 'data')) return null;
  return `of ${witness}, the witness, only items and objects may be needed`;
}
