/** What IAM stores, as plain data. Documents are JSON text, so that a compiled document is shared between forks. */

export interface RoleState {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly path: string;
  readonly createdAt: number;
  description?: string;
  maxSessionSeconds: number;
  readonly tags: Record<string, string>;
  trust: string;
  /** Policy name → document. */
  readonly inline: Record<string, string>;
  /** ARNs of managed policies. */
  readonly attached: string[];
  /** ARN of the managed policy that bounds it. */
  boundary?: string;
}

/** A managed policy of the customer. */
export interface PolicyState {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly path: string;
  readonly createdAt: number;
  readonly description?: string;
  document: string;
  /** Of the default version; 1 when left out. */
  versionNumber?: number;
}

export interface InstanceProfileState {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly path: string;
  readonly createdAt: number;
  /** At most one, as on AWS. */
  roleName?: string;
}

export interface IamState {
  /** Counts changes to who may do what; compiled policies are good for one version. */
  version: number;
  /** By name. */
  readonly roles: Record<string, RoleState>;
  /** By ARN. */
  readonly policies: Record<string, PolicyState>;
  /** By name. */
  readonly instanceProfiles: Record<string, InstanceProfileState>;
  /** Role → '<policy>/<statement> <action>' → how often it was the statement that allowed a call. */
  readonly usage: Record<string, Record<string, number>>;
}

export const initialIamState = (): IamState => ({
  version: 0,
  roles: {},
  policies: {},
  instanceProfiles: {},
  usage: {},
});
