/**
 * The Rules section: assertions about parameters that must hold before a stack is made, such as the CDK's check of the
 * bootstrap version (CloudFormation User Guide, "Rules"; Template Reference, "Rule-specific intrinsic functions").
 */
import { AwsError, NotModelled } from '../errors.ts';
import { type Site, siteAt } from './intrinsics.ts';
import type { Scope } from './scope.ts';
import { isRecord, templateError } from './template.ts';

/** Throws AwsError ValidationError with the description of the first assertion that does not hold. */
export function enforceRules(scope: Scope): void {
  for (const [name, rule] of Object.entries(scope.template.Rules)) {
    const site = siteAt(scope, `Rules.${name}`);
    if (rule.RuleCondition !== undefined && !holds(rule.RuleCondition, site)) continue;
    for (const { Assert: assertion, AssertDescription: description } of rule.Assertions) {
      if (holds(assertion, site)) continue;
      const reason = description ?? JSON.stringify(assertion);
      throw new AwsError('ValidationError', `Template validation error: rule ${name} failed: ${reason}`, {
        status: 400,
      });
    }
  }
}

function holds(expression: unknown, site: Site): boolean {
  if (!isRecord(expression) || Object.keys(expression).length !== 1) {
    throw templateError(site.path, `expected a rule function, found ${JSON.stringify(expression)}`);
  }
  const [name, argument] = Object.entries(expression)[0]!;
  const nested = () => list(argument, name, site).map((item) => holds(item, site));
  const values = () => list(argument, name, site).map((item) => site.evaluate(item));
  switch (name) {
    case 'Fn::And':
      return nested().every(Boolean);
    case 'Fn::Or':
      return nested().some(Boolean);
    case 'Fn::Not':
      return !nested()[0];
    case 'Fn::Equals': {
      const [left, right] = values();
      return String(left) === String(right);
    }
    case 'Fn::Contains': {
      const [texts, text] = values();
      return Array.isArray(texts) && texts.map(String).includes(String(text));
    }
    case 'Fn::EachMemberEquals': {
      const [texts, text] = values();
      return Array.isArray(texts) && texts.every((item) => String(item) === String(text));
    }
    case 'Fn::EachMemberIn': {
      const [texts, allowed] = values();
      const names = Array.isArray(allowed) ? allowed.map(String) : [];
      return Array.isArray(texts) && texts.every((item) => names.includes(String(item)));
    }
    default:
      throw new NotModelled(`rule function ${name} is not modelled (at ${site.path})`);
  }
}

function list(argument: unknown, name: string, site: Site): unknown[] {
  if (Array.isArray(argument)) return argument;
  throw templateError(site.path, `${name} needs a list`);
}
