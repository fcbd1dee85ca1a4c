/** What people and mishaps do during a drill, beyond what the world does by itself. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { AnswerLost, AwsError, Unreachable } from '../../../simulator/errors.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { worldHttp } from '../../../simulator/world/index.ts';
import { resize } from '../../drill/sizing.ts';
import { hasHit } from './crashes.ts';
import type { Act, Places } from './scenario.ts';

/** Does it now; true when it is done, false when it must be tried again in a moment. */
export async function perform(cloud: Cloud, act: Act, places: Places): Promise<boolean> {
  switch (act.act) {
    case 'request':
      return request(cloud, act, places);
    case 'answer':
      return answer(cloud, act.decision, places);
    case 'automation':
      return setAutomation(cloud, act.value, places);
    case 'order':
      return order(cloud, act.where, places);
    case 'size':
      // The first release is blue's, and no drill of region failover makes another.
      await resize(cloud, { ...places, region: places[act.where], colour: 'blue' }, act.machines);
      return true;
    case 'eventsAt':
      if (!hasHit(cloud, act, places)) return false;
      for (const next of act.acts ?? []) await perform(cloud, next, places);
      return true;
    case 'try':
      return tried(cloud, act.of, places);
    case 'abortAt':
    case 'dieAfter':
      return hasHit(cloud, act, places);
  }
}

async function tried(cloud: Cloud, act: Act, places: Places): Promise<boolean> {
  try {
    return await perform(cloud, act, places);
  } catch (error) {
    if (error instanceof AwsError || error instanceof Unreachable || error instanceof AnswerLost) return false;
    throw error;
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

/** Whether it is answered, and how, is in the ledger. */
async function order(cloud: Cloud, where: 'target' | 'old', places: Places): Promise<boolean> {
  const { domain } = places.configuration;
  const url = new URL(`https://${places[where]}.${domain}/orders`);
  const body = new TextEncoder().encode(JSON.stringify({ id: `late-${cloud.now}` }));
  const headers = { 'content-type': 'application/json' };
  try {
    await worldHttp(cloud, { from: 'internet', method: 'POST', url, headers, body });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
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

async function put(cloud: Cloud, region: string, detailType: string, detail: Record<string, unknown>): Promise<void> {
  await cloud.call(
    'events',
    'PutEvents',
    { Entries: [{ Source: 'mainstay', DetailType: detailType, Detail: JSON.stringify(detail) }] },
    { region },
  );
}
