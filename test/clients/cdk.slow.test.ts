/**
 * The real `cdk` command against the local endpoint: the whole of production deployed, edited, broken and rolled back,
 * its drift reverted, destroyed. What runtime owns must survive all of it (DESIGN decision 6).
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { release } from '../../console/deployment/deploy.ts';
import { warmUp } from '../../console/deployment/warm-up.ts';
import { loadConfiguration } from '../../infra/config/index.ts';
import { type Colour, HOSTED_ZONE_PARAMETER, namesOf } from '../../infra/names.ts';
import { allStacks } from '../../simulator/cloudformation/state.ts';
import { editStack, only, type Resources } from './assembly-edits.ts';
import { changeInConsole, configurationOf, giveRuntimeItsSay, runtimeValues, takeProtectionOff } from './deployed.ts';
import { type Finished, type LocalCloud, run, startLocalCloud } from './local-cloud.ts';

const configuration = loadConfiguration('prod');
const names = namesOf(configuration);
const REGION = configuration.regions.serving[0];
const REGION_STACK = `${names.prefix}-region-${REGION}`;
const CDK = join(import.meta.dirname, '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');
const FAILOVER_STACK = `${names.prefix}-region-failover-${REGION}`;

describe('the CDK command', () => {
  let local: LocalCloud;
  let assembly: string;
  let attempts: string;

  beforeAll(async () => {
    local = await startLocalCloud();
    assembly = join(local.directory, 'assembly', 'cdk.out');
    cpSync(join(inject('assembly'), '..'), join(assembly, '..'), { recursive: true });
    attempts = join(local.directory, 'network-attempts.txt');
  });
  afterAll(() => local?.close());

  const surroundings = (): Record<string, string> => ({
    ...local.environment,
    AWS_ENDPOINT_URL: local.url,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
    NETWORK_ATTEMPTS: attempts,
    NODE_OPTIONS: `--require=${join(import.meta.dirname, 'no-network.cjs')}`,
  });

  const cdk = (...words: string[]): Promise<Finished> =>
    run(process.execPath, [CDK, ...words, '--app', assembly, '--no-notices'], {
      directory: local.directory,
      environment: surroundings(),
    });

  const deploy = (...words: string[]): Promise<Finished> => cdk('deploy', '--require-approval', 'never', ...words);

  const destroy = (): Promise<Finished> => cdk('destroy', '--all', '--force', '--concurrency', '5');

  const statuses = (): Record<string, string> =>
    Object.fromEntries(
      allStacks(local.cloud)
        .filter(({ stackName }) => stackName.startsWith(names.prefix))
        .map(({ stackName, status }) => [stackName, status]),
    );

  it('deploys the whole application, through the roles of its bootstrap', async () => {
    const deployed = await deploy('--all', '--concurrency', '5');
    expect(deployed.status, failuresIn(deployed)).toBe(0);
    expect(deployed.stderr).not.toContain('could not be used to assume');
    expect(Object.values(statuses())).toEqual(Array(7).fill('CREATE_COMPLETE'));
    const roles = allStacks(local.cloud).map(({ roleArn }) => roleArn?.replace(/.*role\//, ''));
    expect(roles.filter((role) => role?.startsWith('cdk-hnb659fds-cfn-exec-role-'))).toHaveLength(7);
  });

  it('deploys what works: machines come up, the write lease is taken, every alarm is content', async () => {
    const { cloud } = local;
    await local.still(async () => {
      await cloud.resolve(release(cloud, configuration, names, join(assembly, '..', 'dist', 'app')));
      await warmUp(cloud, configuration);
    });
  });

  it('deploys an edit in place, and leaves alone what runtime owns', async () => {
    await local.still(() => giveRuntimeItsSay(local.cloud, configuration));
    const before = await runtimeValues(local.cloud, configuration);
    editStack(assembly, REGION_STACK, (resources) => {
      only(resources, 'Custom::ForwardRule').Properties.Priority = 200;
      groupOf(resources, 'blue').Properties.MaxSize = '7';
    });
    editStack(assembly, FAILOVER_STACK, (resources) => {
      alarmOf(resources).Properties.Threshold = 77;
    });
    const edited = await deploy(REGION_STACK, FAILOVER_STACK, '--exclusively', '--concurrency', '2');
    expect(edited.status, failuresIn(edited)).toBe(0);
    expect(statuses()).toMatchObject({ [REGION_STACK]: 'UPDATE_COMPLETE', [FAILOVER_STACK]: 'UPDATE_COMPLETE' });
    const after = await runtimeValues(local.cloud, configuration);
    expect(after.rule.priority).toBe('200');
    expect(after.group.max).toBe(7);
    expect({
      ...after,
      rule: { ...after.rule, priority: '100' },
      group: { ...after.group, max: before.group.max },
    }).toEqual(before);
  });

  it('rolls a failed update back to exactly what was', async () => {
    const before = await configurationOf(local.cloud);
    const runtime = await runtimeValues(local.cloud, configuration);
    editStack(assembly, REGION_STACK, (resources) => {
      const rule = only(resources, 'Custom::ForwardRule');
      rule.Properties.Priority = 300;
      groupOf(resources, 'blue').Properties.MaxSize = '8';
      resources.Added = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'added' } };
      // A parameter of this name is there already; everything else is changed before it fails.
      const everythingElse = Object.keys(resources);
      resources.Doomed = {
        Type: 'AWS::SSM::Parameter',
        DependsOn: everythingElse,
        Properties: { Type: 'String', Name: HOSTED_ZONE_PARAMETER, Value: 'mine' },
      };
    });
    const failed = await deploy(REGION_STACK, '--exclusively');
    expect(failed.status).toBe(1);
    expect(failuresIn(failed)).toMatch(/The parameter already exists/);
    expect(statuses()[REGION_STACK]).toBe('UPDATE_ROLLBACK_COMPLETE');
    const priorities = local.cloud.trace.entries
      .filter(({ source, what }) => source === 'elasticloadbalancing' && what === 'SetRulePriorities')
      .map(({ detail }) => (detail as { input: { RulePriorities: { Priority: number }[] } }).input.RulePriorities);
    expect(priorities.flat().map(({ Priority }) => Priority)).toEqual([200, 300, 200]);
    expect(await configurationOf(local.cloud)).toEqual(before);
    expect(await runtimeValues(local.cloud, configuration)).toEqual(runtime);
    // The next deployment starts from the template that holds.
    editStack(assembly, REGION_STACK, (resources) => {
      only(resources, 'Custom::ForwardRule').Properties.Priority = 200;
      groupOf(resources, 'blue').Properties.MaxSize = '7';
      delete resources.Doomed;
      delete resources.Added;
    });
  });

  it('reverts what a person changed in the console, and nothing that runtime owns', async () => {
    const before = await configurationOf(local.cloud);
    const runtime = await runtimeValues(local.cloud, configuration);
    await changeInConsole(local.cloud, configuration);
    expect(await configurationOf(local.cloud)).not.toEqual(before);
    const unnoticed = await deploy(REGION_STACK, FAILOVER_STACK, '--exclusively', '--concurrency', '2');
    expect(unnoticed.status, failuresIn(unnoticed)).toBe(0);
    expect(await configurationOf(local.cloud)).not.toEqual(before);
    const reverted = await deploy(
      REGION_STACK,
      FAILOVER_STACK,
      '--exclusively',
      '--concurrency',
      '2',
      '--revert-drift',
    );
    expect(reverted.status, failuresIn(reverted)).toBe(0);
    expect(await configurationOf(local.cloud)).toEqual(before);
    expect(await runtimeValues(local.cloud, configuration)).toEqual(runtime);
  });

  it('does not destroy what is protected', async () => {
    const refused = await destroy();
    expect(refused.status).toBe(1);
    expect(failuresIn(refused)).toMatch(/cannot be deleted because deletion protection is enabled/);
  });

  it('destroys everything once a person has taken the protection off, but for what is to be retained', async () => {
    await local.still(() => takeProtectionOff(local.cloud, configuration));
    const destroyed = await destroy();
    expect(destroyed.status, failuresIn(destroyed)).toBe(0);
    expect(statuses()).toEqual({});
    const { Item: authority } = await local.cloud.call(
      'dynamodb',
      'GetItem',
      { TableName: names.authorityTable, Key: { pk: { S: `application#${names.prefix}` } }, ConsistentRead: true },
      { region: REGION },
    );
    expect(authority?.holder).toEqual({ S: REGION });
  });

  it('tried to reach nothing but the local endpoint, which modelled all that it asked for', async () => {
    expect(existsSync(attempts) ? readFileSync(attempts, 'utf8') : '').toBe('');
    const script = "fetch('https://example.com').catch(() => {})";
    await run(process.execPath, ['--eval', script], { directory: local.directory, environment: surroundings() });
    expect(readFileSync(attempts, 'utf8'), 'what watches the network').toContain('example.com');
    // It looks into CloudTrail for more about a failure, and does without.
    expect(local.log.filter((line) => !/CloudTrail/.test(line))).toEqual([]);
  });
});

const groupOf = (resources: Resources, colour: Colour) =>
  only(resources, 'AWS::AutoScaling::AutoScalingGroup', ({ Properties }) => {
    return Properties.AutoScalingGroupName === names.group(colour);
  });

/** One that nothing rings. */
const alarmOf = (resources: Resources) =>
  only(resources, 'AWS::CloudWatch::Alarm', ({ Properties }) => {
    return /clean-?up.* ended Failed/i.test(JSON.stringify(Properties.AlarmDescription));
  });

/** What a command says went wrong. */
const failuresIn = ({ stdout, stderr }: Finished): string =>
  `${stdout}${stderr}`
    .split('\n')
    .filter((line) => /_FAILED|ROLLBACK|❌|not modelled|rror:/.test(line))
    .join('\n');
