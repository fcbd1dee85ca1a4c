/** Loads and checks an environment's configuration. Started by infra/main.ts and the console. */
import { readFileSync } from 'node:fs';
import { dev } from './dev.ts';
import { prod } from './prod.ts';
import { prodFargate } from './prod-fargate.ts';
import { regionProblems } from './regions.ts';
import { Configuration } from './schema.ts';
import { staging } from './staging.ts';

export type { Configuration } from './schema.ts';

/** A configuration that cannot be used. The message has one line per problem, each naming the field. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
}

const environments: Readonly<Record<string, unknown>> = { dev, staging, prod, 'prod-fargate': prodFargate };

/** The checked configuration of 'dev', 'staging', 'prod', 'prod-fargate' or a JSON file that holds one. Throws InvalidConfiguration. */
export function loadConfiguration(environment: string): Configuration {
  if (environment.endsWith('.json')) return checkConfiguration(readFile(environment));
  const raw = environments[environment];
  if (raw === undefined) {
    throw new InvalidConfiguration(
      `environment: got '${environment}'; use one of ${Object.keys(environments).join(', ')}, or a .json file`,
    );
  }
  return checkConfiguration(raw);
}

function readFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const { message } = cause as Error;
    throw new InvalidConfiguration(`environment: ${file} cannot be read as JSON (${message})`, { cause });
  }
}

/** Checks any value. Throws InvalidConfiguration naming every field that does not fit and the value got. */
export function checkConfiguration(raw: unknown): Configuration {
  const result = Configuration.safeParse(raw);
  if (!result.success) {
    throw new InvalidConfiguration(
      result.error.issues
        .map((issue) => {
          const got = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], raw);
          const shown = issue.code === 'unrecognized_keys' ? '' : `got ${JSON.stringify(got) ?? 'nothing'}; `;
          return `${issue.path.join('.') || 'configuration'}: ${shown}${issue.message}`;
        })
        .join('\n'),
    );
  }
  const problems = regionProblems(result.data.regions);
  if (problems.length > 0) throw new InvalidConfiguration(problems.join('\n'));
  return result.data;
}
