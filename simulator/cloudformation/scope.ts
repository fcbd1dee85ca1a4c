/** Everything that a template's functions may refer to while one stack is made. */
import type { Template } from './template.ts';

export type ParameterValue = string | readonly string[];

/** A resource that exists already. */
export interface ResourceValue {
  readonly type: string;
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Scope {
  /** 'AWS::Region' and so on. */
  readonly pseudo: Readonly<Record<string, unknown>>;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Whether a condition of the template holds; undefined when there is none of this name. */
  condition(name: string): boolean | undefined;
  /** Undefined when it does not exist, or not yet. */
  resource(logicalId: string): ResourceValue | undefined;
  /** An export of this region; undefined when there is none. */
  importValue(name: string): string | undefined;
  /** An output of another stack; undefined when there is none. */
  stackOutput(region: string, stackName: string, outputName: string): string | undefined;
}

/** What `Ref: AWS::NoValue` answers: the property or list entry that holds it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** Pseudo parameters of a stack (CloudFormation Template Reference, "Pseudo parameters"). */
export const pseudoParameters = (stack: {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
}): Readonly<Record<string, unknown>> => ({
  'AWS::AccountId': stack.account,
  'AWS::NotificationARNs': [],
  'AWS::NoValue': NO_VALUE,
  'AWS::Partition': 'aws',
  'AWS::Region': stack.region,
  'AWS::StackId': stack.stackId,
  'AWS::StackName': stack.stackName,
  'AWS::URLSuffix': 'amazonaws.com',
});
