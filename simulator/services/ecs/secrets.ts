/**
 * Secrets of a container: SSM parameters that are read with the execution role when a task starts (ECS developer guide,
 * "Pass Systems Manager parameters through environment variables"). A change reaches tasks that start later.
 */
import type { Secret } from '@aws-sdk/client-ecs';
import { AwsError } from '../../errors.ts';
import type { EcsContext } from './state.ts';

/** @throws AwsError ResourceInitializationError when one is missing or may not be read; Unreachable, AnswerLost */
export async function valuesOf(
  { cloud, region }: EcsContext,
  secrets: readonly Secret[],
  role: { readonly arn: string | undefined; readonly session: string },
): Promise<Record<string, string>> {
  if (secrets.length === 0) return {};
  const { arn, session } = role;
  if (arn === undefined) throw unable('no execution role is specified');
  const names = Object.fromEntries(secrets.map(({ name = '', valueFrom = '' }) => [name, parameterNamed(valueFrom)]));
  const caller = { kind: 'role', arn, session } as const;
  const Names = [...new Set(Object.values(names))];
  const read = cloud.call('ssm', 'GetParameters', { Names, WithDecryption: true }, { region, caller });
  const { Parameters = [], InvalidParameters = [] } = await read.catch((error: unknown) => {
    throw error instanceof AwsError ? unable(error.message) : error;
  });
  if (InvalidParameters.length > 0) throw unable(`invalid ssm parameters: ${InvalidParameters.join(', ')}`);
  const valueNamed = (wanted: string): string => Parameters.find(({ Name }) => Name === wanted)?.Value ?? '';
  return Object.fromEntries(Object.entries(names).map(([name, parameter]) => [name, valueNamed(parameter)]));
}

/** By name, or by an ARN, in which a name with levels has lost nothing and one without has gained a slash. */
function parameterNamed(valueFrom: string): string {
  const [, path = valueFrom] = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter(\/.+)$/.exec(valueFrom) ?? [];
  return path.lastIndexOf('/') === 0 ? path.slice(1) : path;
}

const unable = (why: string): AwsError =>
  new AwsError('ResourceInitializationError', `unable to pull secrets or registry auth: ${why}`);
