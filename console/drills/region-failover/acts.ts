/** What people and mishaps do during a drill, beyond what the world does by itself. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import type { Act, Places } from './scenarios.ts';

/** Does it now; true when it is done, false when it must be tried again in a moment. */
export async function perform(cloud: Cloud, act: Act, places: Places): Promise<boolean> {
  switch (act.act) {
    case 'request':
      return request(cloud, act, places);
    case 'answer':
      return answer(cloud, act.decision, places);
    case 'automation':
      return setAutomation(cloud, act.value, places);
    case 'abortAt':
      return abortAt(cloud, act.state, places);
  }
}

async function request(cloud: Cloud, act: Extract<Act, { act: 'request' }>, places: Places): Promise<boolean> {
  const [target, from] = act.where === 'target' ? [places.target, places.old] : [places.old, places.target];
  await put(cloud, target, 'Region failover requested', {
    application: places.names.prefix,
    target,
    from,
    by: 'alice',
    reason: act.reason,
  });
  return true;
}

/** Finds the question's id in the message, as a person would. */
async function answer(cloud: Cloud, decision: string, places: Places): Promise<boolean> {
  const { outbox } = cloud.stateOf(sns, places.target);
  const question = outbox.flatMap(({ message }) => /\\?"question\\?":\\?"([^"\\]+)/.exec(message)?.[1] ?? []).at(-1);
  if (question === undefined) return false;
  await put(cloud, places.target, 'Region failover decided', {
    application: places.names.prefix,
    question,
    decision,
    by: 'alice',
    reason: 'customers wait',
  });
  return true;
}

async function setAutomation(cloud: Cloud, value: string, { names, target }: Places): Promise<boolean> {
  await cloud.call(
    'dynamodb',
    'UpdateItem',
    {
      TableName: names.authorityTable,
      Key: { pk: { S: `application#${names.prefix}` } },
      UpdateExpression: 'SET automation = :value',
      ExpressionAttributeValues: { ':value': { S: value } },
    },
    { region: target },
  );
  return true;
}

/** Aborts the first execution that stands in this state. */
async function abortAt(cloud: Cloud, state: string, { target, names }: Places): Promise<boolean> {
  const { executions } = cloud.stateOf(stepFunctions, target);
  const found = Object.values(executions).find(
    (execution) =>
      execution.status === 'RUNNING' &&
      execution.machineName === names.workflow &&
      Object.values(execution.flows).some((flow) => flow.stateName === state),
  );
  if (!found) return false;
  await cloud.call(
    'states',
    'StopExecution',
    { executionArn: found.arn, error: 'Crash', cause: 'the drill' },
    { region: target },
  );
  return true;
}

async function put(cloud: Cloud, region: string, detailType: string, detail: Record<string, unknown>): Promise<void> {
  await cloud.call(
    'events',
    'PutEvents',
    { Entries: [{ Source: 'mainstay', DetailType: detailType, Detail: JSON.stringify(detail) }] },
    { region },
  );
}
