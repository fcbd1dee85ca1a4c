/** Makes the static check of recovery a part of every synthesis: a problem fails it, as a broken rule of a pack does. */
import { existsSync, readFileSync } from 'node:fs';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolatingResource,
} from 'aws-cdk-lib';
import type { Configuration } from '../config/index.ts';
import { namesOf } from '../names.ts';
import { checkRecoveryPath } from '../recovery-path.ts';
import type { SynthesizedStack } from './template.ts';

const ROOT = new URL('../../', import.meta.url);

export const readSource = (path: string): string | undefined => {
  const file = new URL(path, ROOT);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

export class RecoveryPathCheck implements IPolicyValidationPlugin {
  readonly name = 'RecoveryPath';
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  validate({ stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const stacks = stackTemplates.map(
      ({ stackConstructPath, templatePath, accountId, region }): SynthesizedStack => ({
        name: stackConstructPath,
        region: region ?? '',
        account: accountId ?? '',
        template: JSON.parse(readFileSync(templatePath, 'utf8')),
      }),
    );
    const { regions } = this.#configuration;
    const directions = checkRecoveryPath({
      slug: 'region-failover',
      workflow: namesOf(this.#configuration).workflow,
      regions,
      stacks,
      readSource,
    });
    const problems = directions.flatMap(({ to, problems }) => problems.map((problem) => ({ to, problem })));
    return {
      success: problems.length === 0,
      violations: problems.map(({ to, problem }) => ({
        ruleName: 'data-planes-only',
        description: `a move to ${to}: ${problem}`,
        severity: 'error',
        violatingResources: whereOf(stackTemplates, to),
      })),
    };
  }
}

/** The CDK leaves out a violation, and then does not fail, when it has no construct to show beside it. */
const whereOf = (stacks: IPolicyValidationContext['stackTemplates'], region: string): PolicyViolatingResource[] => {
  const stack = stacks.find((one) => one.region === region) ?? stacks[0];
  return stack ? [{ constructPath: stack.stackConstructPath, templatePath: stack.templatePath, locations: [] }] : [];
};
