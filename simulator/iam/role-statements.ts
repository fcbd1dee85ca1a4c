/**
 * The statements of a role about one action, sorted once per role and action and kept: it is on the path of every call
 * that the simulated cloud carries out.
 */
import { compileDocument, type Statement } from './document.ts';
import { awsManagedDocument } from './managed-policies.ts';
import type { IamState, RoleState } from './state.ts';
import { permissionKey } from './usage.ts';

export interface Candidate {
  readonly statement: Statement;
  /** Under which its use is counted, by the place of the resource pattern. */
  readonly keys: readonly string[];
}

export interface ByEffect {
  readonly denies: readonly Statement[];
  readonly allows: readonly Statement[];
}

export interface ByAction {
  readonly denies: readonly Statement[];
  readonly allows: readonly Candidate[];
  /** Undefined when the role has no boundary. */
  readonly boundary: ByEffect | undefined;
}

interface Compiled {
  readonly version: number;
  readonly actions: Map<string, Map<string, ByAction>>;
}

// Keyed by the state object itself: a fork is another object, and a change raises the version.
const compiledStates = new WeakMap<IamState, Compiled>();

/** A role that does not exist has none. */
export function statementsFor(state: IamState, roleName: string, action: string): ByAction {
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

/** Those about the action, the denying ones apart. */
export function byEffect(statements: readonly Statement[], action: string): ByEffect {
  const about = statements.filter((statement) => statement.actions.match(action) >= 0);
  return {
    denies: about.filter(({ effect }) => effect === 'Deny'),
    allows: about.filter(({ effect }) => effect === 'Allow'),
  };
}

function sortStatements(state: IamState, role: RoleState | undefined, action: string): ByAction {
  const policies = role === undefined ? [] : documentsOf(state, role);
  const allows = policies.flatMap(([policy, document]) =>
    byEffect(compileDocument(document), action).allows.map((statement) => ({
      statement,
      keys: (statement.resources?.written ?? []).map((resource) =>
        permissionKey({
          policy,
          statement: statement.id,
          action: statement.actions.written[statement.actions.match(action)] ?? '',
          resource,
        }),
      ),
    })),
  );
  return {
    denies: policies.flatMap(([, document]) => byEffect(compileDocument(document), action).denies),
    allows,
    boundary:
      role?.boundary === undefined
        ? undefined
        : byEffect(compileDocument(managedDocument(state, role.boundary)), action),
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
export function managedDocument(state: IamState, arn: string): string {
  const document = state.policies[arn]?.document ?? awsManagedDocument(arn);
  if (document === undefined) throw new Error(`managed policy ${arn} is attached and does not exist`);
  return document;
}
