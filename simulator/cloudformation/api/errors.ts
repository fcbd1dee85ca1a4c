/** CloudFormation's own words for what a request gets wrong, and the refusal of what the simulator lacks. */
import { AwsError, NotModelled } from '../../errors.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationError', message, { status: 400 });

/** DescribeStacks and those that describe parts of a stack; clients compare the words. */
export const doesNotExist = (stack: string | undefined): AwsError => invalid(`Stack with id ${stack} does not exist`);

/** Operations that change a stack, and DescribeStackEvents. */
export const noSuchStack = (stack: string | undefined): AwsError => invalid(`Stack [${stack}] does not exist`);

export const noSuchChangeSet = (changeSet: string | undefined): AwsError =>
  new AwsError('ChangeSetNotFoundException', `ChangeSet [${changeSet}] does not exist`, { status: 404 });

/**
 * Throws NotModelled naming the operation and the member when a request holds anything beside what is known here.
 * False and empty lists ask for nothing.
 */
export function refuseOthers(operation: string, input: object, known: readonly string[]): void {
  const others = Object.entries(input)
    .filter(([name, value]) => !known.includes(name) && !asksNothing(value))
    .map(([name]) => name);
  if (others.length > 0) throw new NotModelled(`cloudformation:${operation} with ${others.join(', ')} is not modelled`);
}

function asksNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every(asksNothing);
}

/** Throws NotModelled for an express deployment: it reports resources as there before they are. */
export function refuseExpress(
  operation: string,
  config: { Mode?: string; DisableRollback?: boolean } | undefined,
): void {
  if (config === undefined) return;
  const { Mode: mode = 'STANDARD', DisableRollback: disable } = config;
  if (mode !== 'STANDARD' || disable === true) {
    throw new NotModelled(`cloudformation:${operation} with DeploymentConfig.Mode ${mode} is not modelled`);
  }
}
