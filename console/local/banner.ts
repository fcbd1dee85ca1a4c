/** What `mainstay local` prints once it serves: where, with which keys, and what is in it. */
import type { Cloud } from '../../simulator/cloud.ts';
import { deployedStacks } from '../../simulator/cloudformation/deploy.ts';
import type { LocalEndpoint } from '../../simulator/local/server.ts';

export interface Facts {
  readonly speed: number;
  readonly restored: boolean;
  readonly data?: string;
}

export function banner(cloud: Cloud, { url, administrator }: LocalEndpoint, { speed, restored, data }: Facts): string {
  const { regions, account } = cloud.state;
  const [first = ''] = regions;
  return [
    `AWS of account ${account} on ${url}, with these stacks:`,
    ...stackLines(cloud),
    `Virtual time is ${new Date(cloud.now).toISOString()}${speed === 1 ? '' : `, ${speed} times as fast as real time`}`,
    ...(data === undefined ? [] : [`State ${restored ? 'restored from' : 'kept in'} ${data}`]),
    '',
    'unset AWS_PROFILE AWS_SESSION_TOKEN',
    `export AWS_ENDPOINT_URL=${url}`,
    `export AWS_ACCESS_KEY_ID=${administrator.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${administrator.secretAccessKey}`,
    `export AWS_REGION=${first} AWS_DEFAULT_REGION=${first}`,
    '',
    'Clients that do not read AWS_ENDPOINT_URL (awscli before 2.13): aws --endpoint-url "$AWS_ENDPOINT_URL" …',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

/** A line for each region. */
function stackLines(cloud: Cloud): string[] {
  const stacks = deployedStacks(cloud);
  return cloud.state.regions.map((region) => {
    const here = stacks.filter((stack) => stack.region === region);
    const resources = here.reduce((sum, stack) => sum + stack.resources.length, 0);
    const names = here.map(({ stackName }) => stackName).join(', ');
    return `  ${region}: ${names === '' ? 'nothing deployed' : `${names} (${resources} resources)`}`;
  });
}
