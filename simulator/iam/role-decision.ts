/**
 * Whether a role may do something: its identity policies, bounded by its permissions boundary. On the path of every
 * call that the simulated cloud carries out, so statements are sorted per role and action once and kept.
 */
import { compileDocument, type Statement } from './document.ts';
import { awsManagedDocument } from './managed-policies.ts';
import type { ContextLookup } from './pattern.ts';
import type { IamState, RoleState } from './state.ts';

export type Denial = 'identityDeny' | 'identityImplicit' | 'boundaryDeny' | 'boundaryImplicit';

/** Which statement allowed it, or why not. */
export type RoleDecision =
  | { readonly allowed: true; readonly by: string }
  | { readonly allowed: false; readonly why: Denial };

interface Candidate {
  readonly statement: Statement;
  /** The key under which its use is counted. */
  readonly key: string;
}

interface ByAction {
  readonly denies: readonly Candidate[];
  readonly allows: readonly Candidate[];
  /** Undefined when the role has no boundary. */
  readonly boundary: { readonly denies: readonly Statement[]; readonly allows: readonly Statement[] } | undefined;
}

interface Compiled {
  readonly version: number;
  readonly actions: Map<string, Map<string, ByAction>>;
}

// Keyed by the state object itself: a fork is another object, and a change raises the version.
const compiledStates = new WeakMap<IamState, Compiled>();

/** Decides one action on one resource. A role that does not exist has no policies. */
export function decideForRole(
  state: IamState,
  roleName: string,
  request: { readonly action: string; readonly resource: string; readonly context: ContextLookup },
): RoleDecision {
  const { denies, allows, boundary } = statementsFor(state, roleName, request.action);
  const applies = (statement: Statement): boolean =>
    statement.resource(request.resource, request.context) && statement.condition?.(request.context) !== false;
  if (denies.some(({ statement }) => applies(statement))) return { allowed: false, why: 'identityDeny' };
  if (boundary?.denies.some(applies)) return { allowed: false, why: 'boundaryDeny' };
  const allow = allows.find(({ statement }) => applies(statement));
  if (allow === undefined) return { allowed: false, why: 'identityImplicit' };
  if (boundary !== undefined && !boundary.allows.some(applies)) return { allowed: false, why: 'boundaryImplicit' };
  return { allowed: true, by: allow.key };
}

function statementsFor(state: IamState, roleName: string, action: string): ByAction {
  let compiled = compiledStates.get(state);
  if (compiled === undefined || compiled.version !== state.version) {
    compiled = { version: state.version, actions: new Map() };
    compiledStates.set(state, compiled);
  }
  let ofRole = compiled.actions.get(roleName);
  if (ofRole === undefined) {
    ofRole = new Map();
    compiled.actions.set(roleName, ofRole);
  }
  let found = ofRole.get(action);
  if (found === undefined) {
    found = sortStatements(state, state.roles[roleName], action);
    ofRole.set(action, found);
  }
  return found;
}

function sortStatements(state: IamState, role: RoleState | undefined, action: string): ByAction {
  const candidates = (role === undefined ? [] : documentsOf(state, role)).flatMap(([policy, document]) =>
    compileDocument(document)
      .filter((statement) => statement.action(action))
      .map((statement) => ({ statement, key: `${policy}/${statement.id} ${action}` })),
  );
  const boundary =
    role?.boundary === undefined
      ? undefined
      : compileDocument(managedDocument(state, role.boundary)).filter((statement) => statement.action(action));
  return {
    denies: candidates.filter(({ statement }) => statement.effect === 'Deny'),
    allows: candidates.filter(({ statement }) => statement.effect === 'Allow'),
    boundary: boundary && {
      denies: boundary.filter((statement) => statement.effect === 'Deny'),
      allows: boundary.filter((statement) => statement.effect === 'Allow'),
    },
  };
}

/** Policy name → document, inline ones first. */
export function documentsOf(state: IamState, role: RoleState): [name: string, document: string][] {
  return [
    ...Object.entries(role.inline),
    ...role.attached.map((arn): [string, string] => [arn.slice(arn.lastIndexOf('/') + 1), managedDocument(state, arn)]),
  ];
}

/** Throws when there is no such policy: attaching one is refused before it comes to this. */
function managedDocument(state: IamState, arn: string): string {
  const document = state.policies[arn]?.document ?? awsManagedDocument(arn);
  if (document === undefined) throw new Error(`managed policy ${arn} is attached and does not exist`);
  return document;
}
