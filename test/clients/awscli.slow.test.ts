/** Debian's AWS CLI, version 2, as it is, against the local endpoint: eight services, their errors and their waiters. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, type LocalCloud, run, startLocalCloud } from './local-cloud.ts';

/** Debian's first: another one in the path may be a stand-in of something else. */
const aws = ['/usr/bin/aws', 'aws'].find((program) => {
  try {
    return /^aws-cli\/2\./.test(execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' }));
  } catch {
    return false;
  }
});

it.runIf(process.env.MAINSTAY_CI === '1')('in CI, the AWS CLI is there', () => {
  expect(aws, 'no aws v2: apt-get install awscli').toBeDefined();
});

const TEMPLATE = join(import.meta.dirname, 'something-of-everything.yaml');

describe.skipIf(aws === undefined)('the AWS CLI, where `aws` v2 is installed,', () => {
  let local: LocalCloud;

  beforeAll(async () => {
    local = await startLocalCloud();
  });
  afterAll(() => local?.close());

  const call = (...words: string[]): Promise<Finished> =>
    run(aws as string, ['--endpoint-url', local.url, '--output', 'json', '--no-cli-pager', ...words], local);

  /** The answer of a command that must succeed. */
  async function answer<T = unknown>(...words: string[]): Promise<T> {
    const { status, stdout, stderr } = await call(...words);
    expect(stderr.trim()).toBe('');
    expect(status).toBe(0);
    return (stdout.trim() === '' ? undefined : JSON.parse(stdout)) as T;
  }

  /** What a command that must fail says. */
  async function refusal(...words: string[]): Promise<string> {
    const { status, stderr } = await call(...words);
    expect(status).toBeGreaterThan(0);
    return stderr.trim();
  }

  const machine = 'arn:aws:states:us-west-2:111111111111:stateMachine:greeter';

  it('cloudformation: makes a stack from YAML, waits for it, updates it, and says what is wrong', async () => {
    const capabilities = ['--capabilities', 'CAPABILITY_IAM'];
    const create = ['create-stack', '--stack-name', 'small', '--template-body', `file://${TEMPLATE}`];
    expect(await refusal('cloudformation', ...create)).toContain(
      '(InsufficientCapabilitiesException) when calling the CreateStack operation: Requires capabilities : [CAPABILITY_IAM]',
    );
    await answer('cloudformation', ...create, ...capabilities);
    await answer('cloudformation', 'wait', 'stack-create-complete', '--stack-name', 'small');
    const deploy = ['deploy', '--stack-name', 'small', '--template-file', TEMPLATE, ...capabilities];
    const parameter = ['--parameter-overrides', 'Greeting=welcome'];
    const said = async (): Promise<string> => {
      const { stdout, stderr } = await call('cloudformation', ...deploy, ...parameter);
      return `${stdout}${stderr}`;
    };
    expect(await said()).toContain('Successfully created/updated');
    // It names change sets by the second.
    await setTimeout(1100);
    expect(await said()).toContain('No changes to deploy');
    const query = ['--query', 'Stacks[0].[StackStatus,Parameters[0].ParameterValue]'];
    expect(await answer('cloudformation', 'describe-stacks', '--stack-name', 'small', ...query)).toEqual([
      'UPDATE_COMPLETE',
      'welcome',
    ]);
    expect(await refusal('cloudformation', 'describe-stacks', '--stack-name', 'nothing')).toBe(
      'An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id nothing does not exist',
    );
  });

  it('stepfunctions: starts an execution, and is told when there is no such machine', async () => {
    await answer('stepfunctions', 'start-execution', '--state-machine-arn', machine, '--name', 'first');
    const execution = 'arn:aws:states:us-west-2:111111111111:execution:greeter:first';
    const query = ['--query', '[status,output]'];
    expect(await answer('stepfunctions', 'describe-execution', '--execution-arn', execution, ...query)).toEqual([
      'SUCCEEDED',
      '{"said":"welcome"}',
    ]);
    expect(await refusal('stepfunctions', 'start-execution', '--state-machine-arn', `${machine}s`)).toContain(
      '(StateMachineDoesNotExist)',
    );
  });

  it('events: puts an event, and is told when there is no such rule', async () => {
    const entries = '[{"Source":"shop","DetailType":"order","Detail":"{}"}]';
    expect(await answer('events', 'put-events', '--entries', entries)).toMatchObject({ FailedEntryCount: 0 });
    expect(await answer('events', 'describe-rule', '--name', 'orders')).toMatchObject({ State: 'ENABLED' });
    expect(await refusal('events', 'describe-rule', '--name', 'nothing')).toContain('(ResourceNotFoundException)');
  });

  it('autoscaling: describes and changes a group, within its limits', async () => {
    const group = ['--auto-scaling-group-name', 'web'];
    expect(await refusal('autoscaling', 'set-desired-capacity', ...group, '--desired-capacity', '9')).toContain(
      '(ValidationError)',
    );
    await answer('autoscaling', 'update-auto-scaling-group', ...group, '--max-size', '9');
    const query = ['--query', 'AutoScalingGroups[].[AutoScalingGroupName,MaxSize]'];
    expect(await answer('autoscaling', 'describe-auto-scaling-groups', ...query)).toEqual([['web', 9]]);
  });

  it('elbv2: waits for a load balancer, and is told when there is none', async () => {
    await answer('elbv2', 'wait', 'load-balancer-available', '--names', 'web');
    const query = ['--query', 'TargetGroups[0].Port'];
    expect(await answer('elbv2', 'describe-target-groups', '--names', 'web', ...query)).toBe(80);
    expect(await refusal('elbv2', 'describe-load-balancers', '--names', 'nothing')).toContain('(LoadBalancerNotFound)');
  });

  it('route53: makes a zone, waits for a record, and is told when there is no such zone', async () => {
    const { HostedZone: zone } = await answer<{ HostedZone: { Id: string } }>(
      ...['route53', 'create-hosted-zone', '--name', 'example.org', '--caller-reference', 'a'],
    );
    const record = { Name: 'a.example.org', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
    const batch = JSON.stringify({ Changes: [{ Action: 'UPSERT', ResourceRecordSet: record }] });
    const { ChangeInfo: change } = await answer<{ ChangeInfo: { Id: string } }>(
      ...['route53', 'change-resource-record-sets', '--hosted-zone-id', zone.Id, '--change-batch', batch],
    );
    await answer('route53', 'wait', 'resource-record-sets-changed', '--id', change.Id);
    const query = ['--query', 'ResourceRecordSets[?Type==`A`].Name'];
    expect(await answer('route53', 'list-resource-record-sets', '--hosted-zone-id', zone.Id, ...query)).toEqual([
      'a.example.org.',
    ]);
    expect(await refusal('route53', 'get-hosted-zone', '--id', 'Z000')).toContain('(NoSuchHostedZone)');
  });

  it('dynamodb: makes a table, waits for it, writes once and not twice', async () => {
    const key = ['--key-schema', 'AttributeName=pk,KeyType=HASH', '--billing-mode', 'PAY_PER_REQUEST'];
    const attributes = ['--attribute-definitions', 'AttributeName=pk,AttributeType=S'];
    await answer('dynamodb', 'create-table', '--table-name', 'items', ...attributes, ...key);
    await answer('dynamodb', 'wait', 'table-exists', '--table-name', 'items');
    const put = ['put-item', '--table-name', 'items', '--item', '{"pk":{"S":"1"},"n":{"N":"4"}}'];
    const once = ['--condition-expression', 'attribute_not_exists(pk)'];
    await answer('dynamodb', ...put, ...once);
    expect(await refusal('dynamodb', ...put, ...once)).toContain('(ConditionalCheckFailedException)');
    expect(await answer('dynamodb', 'get-item', '--table-name', 'items', '--key', '{"pk":{"S":"1"}}')).toEqual({
      Item: { pk: { S: '1' }, n: { N: '4' } },
    });
  });

  it('cloudwatch, by its older protocol: makes an alarm, waits for it, and is told when there is none', async () => {
    const metric = ['--metric-name', 'm', '--namespace', 'n', '--statistic', 'Sum', '--period', '60'];
    const rule = ['--evaluation-periods', '1', '--threshold', '1', '--comparison-operator', 'GreaterThanThreshold'];
    await answer('cloudwatch', 'put-metric-alarm', '--alarm-name', 'high', ...metric, ...rule);
    await answer('cloudwatch', 'wait', 'alarm-exists', '--alarm-names', 'high');
    const query = ['--query', 'MetricAlarms[].[AlarmName,Threshold]'];
    expect(await answer('cloudwatch', 'describe-alarms', ...query)).toEqual([['high', 1]]);
    const state = ['--state-value', 'OK', '--state-reason', 'a person says so'];
    expect(await refusal('cloudwatch', 'set-alarm-state', '--alarm-name', 'nothing', ...state)).toContain(
      '(ResourceNotFound)',
    );
  });

  it('is told by name what the simulator does not model', async () => {
    expect(await refusal('cloudformation', 'create-stack-set', '--stack-set-name', 'x')).toContain(
      '(NotImplemented) when calling the CreateStackSet operation: cloudformation:CreateStackSet is not modelled',
    );
  });

  it('cloudformation: deletes the stack and waits until it is gone', async () => {
    await answer('cloudformation', 'delete-stack', '--stack-name', 'small');
    await answer('cloudformation', 'wait', 'stack-delete-complete', '--stack-name', 'small');
    expect(await refusal('stepfunctions', 'describe-state-machine', '--state-machine-arn', machine)).toContain(
      '(StateMachineDoesNotExist)',
    );
  });
});
