/** The API: names, idempotency, lists, pages, stop and delete, against the API reference. */
import { describe, expect, test } from 'vitest';
import { ACCOUNT, invoke, look, machine, REGION, ROLE, START, testCloud, typesOf } from './cloud.ts';

const at = { region: REGION };
const waiting = machine({ W: { Type: 'Wait', Seconds: 60, End: true } });
const arnOf = (name: string) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;

const create = ({ cloud }: ReturnType<typeof testCloud>, name = 'm', definition = waiting) =>
  cloud.call('states', 'CreateStateMachine', { name, definition, roleArn: ROLE }, at);

const begin = ({ cloud }: ReturnType<typeof testCloud>, input: { name?: string; input?: string } = {}) =>
  cloud.call('states', 'StartExecution', { stateMachineArn: arnOf('m'), ...input }, at);

describe('CreateStateMachine', () => {
  test('is idempotent for the same definition and refuses another as StateMachineAlreadyExists', async () => {
    const test = testCloud();
    const first = await create(test);
    expect(first.stateMachineArn).toBe(arnOf('m'));
    await test.cloud.advance(5_000);
    expect(await create(test)).toEqual(first);
    const other = create(test, 'm', machine({ W: { Type: 'Wait', Seconds: 61, End: true } }));
    await expect(other).rejects.toMatchObject({ code: 'StateMachineAlreadyExists' });
  });

  test.each(['', 'a b', 'a/b', 'a:b', 'x'.repeat(81), 'a\u0007b'])(
    'refuses the name %j as InvalidName',
    async (name) => {
      await expect(create(testCloud(), name)).rejects.toMatchObject({ code: 'InvalidName' });
    },
  );

  test('describes and lists what it made; an update changes it for executions that start later', async () => {
    const test = testCloud();
    await create(test, 'b');
    await create(test);
    const { executionArn } = await begin(test, { name: 'old' });
    const definition = machine({ Now: { Type: 'Pass', Output: 'new', End: true } });
    const { revisionId } = await test.cloud.call(
      'states',
      'UpdateStateMachine',
      { stateMachineArn: arnOf('m'), definition },
      at,
    );
    const described = await test.cloud.call('states', 'DescribeStateMachine', { stateMachineArn: arnOf('m') }, at);
    expect(described).toMatchObject({ definition, revisionId, status: 'ACTIVE', type: 'STANDARD', roleArn: ROLE });
    const { stateMachines } = await test.cloud.call('states', 'ListStateMachines', {}, at);
    expect(stateMachines?.map(({ name }) => name)).toEqual(['b', 'm']);
    const later = await begin(test, { name: 'later' });
    await test.cloud.advance(120_000);
    expect((await look(test.cloud, executionArn ?? '')).output).toEqual({});
    expect((await look(test.cloud, later.executionArn ?? '')).output).toBe('new');
    const of = await test.cloud.call('states', 'DescribeStateMachineForExecution', { executionArn }, at);
    expect(of.definition).toBe(waiting);
  });
});

describe('StartExecution', () => {
  test('with the same name and input answers the running execution and starts nothing', async () => {
    const test = testCloud();
    await create(test);
    const first = await begin(test, { name: 'x', input: '{"a":1}' });
    await test.cloud.advance(1_000);
    expect(await begin(test, { name: 'x', input: '{"a":1}' })).toEqual(first);
    await test.cloud.advance(120_000);
    expect(test.changes.map(({ detail }) => detail.status)).toEqual(['RUNNING', 'SUCCEEDED']);
  });

  test('refuses the name with another input, and for 90 days after the end, as ExecutionAlreadyExists', async () => {
    const test = testCloud();
    await create(test);
    await begin(test, { name: 'x', input: '{"a":1}' });
    await expect(begin(test, { name: 'x', input: '{"a":2}' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
    await test.cloud.advance(120_000);
    await expect(begin(test, { name: 'x', input: '{"a":1}' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
    await test.cloud.advance(90 * 24 * 3_600_000);
    expect((await begin(test, { name: 'x', input: '{"a":1}' })).startDate?.getTime()).toBe(test.cloud.now);
  });

  test.each([
    ['not json', 'InvalidExecutionInput'],
    ['', 'InvalidExecutionInput'],
    [JSON.stringify('x'.repeat(262_144)), 'InvalidExecutionInput'],
  ])('refuses the input %.10s', async (input, code) => {
    const test = testCloud();
    await create(test);
    await expect(begin(test, { input })).rejects.toMatchObject({ code });
  });

  test('refuses what is not there, by its AWS name', async () => {
    const { cloud } = testCloud();
    const start = (stateMachineArn: string) => cloud.call('states', 'StartExecution', { stateMachineArn }, at);
    await expect(start(arnOf('none'))).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
    await expect(start('arn:aws:lambda:us-west-2:1:function:f')).rejects.toMatchObject({ code: 'InvalidArn' });
    const executionArn = `arn:aws:states:${REGION}:${ACCOUNT}:execution:m:none`;
    const describe = cloud.call('states', 'DescribeExecution', { executionArn }, at);
    await expect(describe).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
  });

  test('tells EventBridge of the start and of the end', async () => {
    const test = testCloud();
    await create(test);
    const { executionArn } = await begin(test, { name: 'x', input: '{"a":1}' });
    await test.cloud.advance(120_000);
    expect(test.changes.map(({ resources }) => resources)).toEqual([[executionArn], [executionArn]]);
    expect(test.changes[0]?.detail).toMatchObject({
      executionArn,
      stateMachineArn: arnOf('m'),
      name: 'x',
      status: 'RUNNING',
      startDate: START,
      stopDate: null,
      input: '{"a":1}',
      inputDetails: { included: true },
      output: null,
      outputDetails: null,
    });
    const end = test.changes[1]?.detail;
    expect(end).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}', outputDetails: { included: true } });
    expect(Number.isInteger(end?.stopDate)).toBe(true);
  });
});

describe('StopExecution', () => {
  test('ends as ABORTED with error and cause, and what was under way comes to nothing', async () => {
    const test = testCloud({ f: () => 'never' });
    await create(test, 'm', machine({ W: { Type: 'Wait', Seconds: 60, Next: 'T' }, T: invoke('f', { End: true }) }));
    const { executionArn = '' } = await begin(test, { name: 'x' });
    await test.cloud.advance(1_000);
    await test.cloud.call('states', 'StopExecution', { executionArn, error: 'Enough', cause: 'by hand' }, at);
    await test.cloud.advance(120_000);
    const { status, error, cause, events, seconds } = await look(test.cloud, executionArn);
    expect({ status, error, cause, seconds }).toEqual({
      status: 'ABORTED',
      error: 'Enough',
      cause: 'by hand',
      seconds: 1,
    });
    expect(typesOf(events)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
    expect(test.invocations).toEqual([]);
    const again = await test.cloud.call('states', 'StopExecution', { executionArn }, at);
    expect(again.stopDate?.getTime()).toBe(START + 1_000);
  });
});

describe('lists and pages', () => {
  test('ListExecutions answers the newest first, by status, in pages', async () => {
    const test = testCloud();
    await create(test);
    for (const name of ['a', 'b', 'c']) {
      await begin(test, { name });
      await test.cloud.advance(25_000);
    }
    const list = (more: Record<string, unknown>) =>
      test.cloud.call('states', 'ListExecutions', { stateMachineArn: arnOf('m'), ...more }, at);
    const names = async (more: Record<string, unknown>) => (await list(more)).executions?.map(({ name }) => name);
    expect(await names({})).toEqual(['c', 'b', 'a']);
    expect(await names({ statusFilter: 'SUCCEEDED' })).toEqual(['a']);
    const { nextToken } = await list({ maxResults: 2 });
    expect(await names({ maxResults: 2, nextToken })).toEqual(['a']);
    await expect(list({ nextToken: 'junk' })).rejects.toMatchObject({ code: 'InvalidToken' });
  });

  test('GetExecutionHistory answers pages, backwards too, and leaves out the data when asked', async () => {
    const test = testCloud();
    await create(test, 'm', machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } }));
    const { executionArn = '' } = await begin(test);
    await test.cloud.advance(1_000);
    const history = (more: Record<string, unknown>) =>
      test.cloud.call('states', 'GetExecutionHistory', { executionArn, ...more }, at);
    const ids = async (more: Record<string, unknown>) => (await history(more)).events?.map(({ id }) => id);
    expect(await ids({ reverseOrder: true })).toEqual([6, 5, 4, 3, 2, 1]);
    const { nextToken } = await history({ maxResults: 4 });
    expect(await ids({ maxResults: 4, nextToken })).toEqual([5, 6]);
    const { events } = await history({ includeExecutionData: false });
    expect(events?.[0]?.executionStartedEventDetails).toEqual({ roleArn: ROLE });
    expect(events?.[1]?.stateEnteredEventDetails).toEqual({ name: 'A' });
  });
});

describe('DeleteStateMachine', () => {
  test('refuses new executions, ends running ones at their next transition, and then the machine is gone', async () => {
    const test = testCloud();
    await create(test, 'm', machine({ W: { Type: 'Wait', Seconds: 60, Next: 'S' }, S: { Type: 'Succeed' } }));
    const { executionArn = '' } = await begin(test);
    await test.cloud.call('states', 'DeleteStateMachine', { stateMachineArn: arnOf('m') }, at);
    await expect(begin(test)).rejects.toMatchObject({ code: 'StateMachineDeleting' });
    await test.cloud.advance(120_000);
    expect((await look(test.cloud, executionArn)).status).toBe('ABORTED');
    await expect(begin(test)).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
    await test.cloud.call('states', 'DeleteStateMachine', { stateMachineArn: arnOf('m') }, at);
  });
});

test('what is not modelled is refused by name: Express machines, versions, encryption', async () => {
  const { cloud } = testCloud();
  const make = (more: Record<string, unknown>) =>
    cloud.call('states', 'CreateStateMachine', { name: 'm', definition: waiting, roleArn: ROLE, ...more }, at);
  await expect(make({ type: 'EXPRESS' })).rejects.toThrow('type EXPRESS of a state machine is not modelled');
  await expect(make({ publish: true })).rejects.toThrow('publish of a state machine is not modelled');
  const start = cloud.call('states', 'StartSyncExecution', { stateMachineArn: arnOf('m') }, at);
  await expect(start).rejects.toThrow('states:StartSyncExecution is not modelled');
});

test('a role needs the permission on the very state machine, execution or role', async () => {
  const test = testCloud();
  await create(test);
  const caller = { kind: 'role', arn: `arn:aws:iam::${ACCOUNT}:role/none`, session: 's' } as const;
  const denied = (operation: 'StartExecution' | 'DescribeStateMachine') =>
    test.cloud.call('states', operation, { stateMachineArn: arnOf('m') }, { ...at, caller });
  await expect(denied('StartExecution')).rejects.toThrow(`states:StartExecution on resource: ${arnOf('m')}`);
  await expect(denied('DescribeStateMachine')).rejects.toThrow(
    `states:DescribeStateMachine on resource: ${arnOf('m')}`,
  );
});
