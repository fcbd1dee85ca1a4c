/** What IAM's operations have in common: finding things, ids, and the check of documents. */
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { checkGrammar, type PolicyKind } from '../grammar.ts';
import type { IamState, RoleState } from '../state.ts';

export type IamContext = Context<IamState>;

export const noSuch = (what: string): AwsError =>
  new AwsError('NoSuchEntityException', `The ${what} cannot be found.`, { status: 404 });

export const alreadyExists = (what: string): AwsError =>
  new AwsError('EntityAlreadyExistsException', `${what} already exists.`, { status: 409 });

/** Throws ValidationError when a required member is missing. */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value at '${name}' failed to satisfy constraint`,
    );
  }
  return value;
}

/** Throws NoSuchEntity. */
export function roleNamed(context: IamContext, name: string | undefined): RoleState {
  const role = context.state.roles[required(name, 'roleName')];
  if (role === undefined) throw noSuch(`role with name ${name}`);
  return role;
}

/** A unique id as IAM makes them: a prefix for the kind and 17 characters. */
export const uniqueId = (context: IamContext, prefix: string): string =>
  `${prefix}${context.random.hex(17).toUpperCase()}`;

/** Returns the document's text; throws MalformedPolicyDocument when it is not one of this kind. */
export function checkedDocument(kind: PolicyKind, document: string | undefined): string {
  checkGrammar(kind, required(document, 'policyDocument'));
  return document!;
}

/** Documents travel URL-encoded in answers (IAM API reference, GetRole). */
export const encoded = (document: string): string => encodeURIComponent(document);

export const arnOf = (context: IamContext, kind: string, path: string, name: string): string =>
  `arn:aws:iam::${context.account}:${kind}${path}${name}`;
