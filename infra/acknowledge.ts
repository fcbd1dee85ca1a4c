/** Accepting a finding of a rule pack, beside the construct it concerns and with the reason. */
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** `rules` maps a cdk-nag rule ('S1', 'IAM5[Resource::*]') to why it does not apply here. */
export function acknowledge(construct: IConstruct, rules: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(rules)) {
    Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
  }
}
