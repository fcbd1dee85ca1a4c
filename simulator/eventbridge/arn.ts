/** The parts of an ARN, as the services of this room need them to tell targets apart. */
export interface Arn {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything after the account. */
  readonly resource: string;
}

/** Undefined when the text is no ARN. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:[^:]+:([^:]+):([^:]*):([^:]*):(.+)$/.exec(text);
  if (!match) return undefined;
  const [, service = '', region = '', account = '', resource = ''] = match;
  return { service, region, account, resource };
}
