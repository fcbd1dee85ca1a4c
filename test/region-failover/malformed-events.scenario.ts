/** An event that cannot be read starts nothing, and never goes silently away: people get it, with field and value. */
import { beforeAll, describe, expect, it } from 'vitest';
import alarm from '../../events/samples/alarm-state-change/reject.no-region-dimension.json' with { type: 'json' };
import type { Cloud } from '../../simulator/cloud.ts';
import { publishServiceEvent } from '../../simulator/eventbridge/bus.ts';
import { eventBridge } from '../../simulator/eventbridge/service.ts';
import { sns } from '../../simulator/services/sns.ts';
import { forkSimulation } from '../../simulator/simulation.ts';
import { stepFunctions } from '../../simulator/stepfunctions/service.ts';
import { noteUse, production } from '../drills.ts';

const TARGET = 'us-east-2';
/** Three attempts, a minute and two apart, and the mail. */
const GIVEN_UP_MS = 5 * 60_000;

let deployed: Cloud;
beforeAll(async () => {
  deployed = (await production()).cloud;
});

const ask = (cloud: Cloud, DetailType: string, detail: Record<string, unknown>) =>
  cloud.call(
    'events',
    'PutEvents',
    { Entries: [{ Source: 'mainstay', DetailType, Detail: JSON.stringify(detail) }] },
    { region: TARGET },
  );

const request = {
  application: 'orders-prod',
  target: TARGET,
  from: 'us-west-2',
  by: 'alice',
  reason: 'us-west-2 is down',
};

interface Told {
  readonly endpoint: string;
  readonly function: string;
  readonly errorType: string;
  readonly errorMessage: string;
}

/** What people in the target's region were told by the destination of a function that gave up. */
async function toldAfter(send: (cloud: Cloud) => unknown): Promise<{ told: Told[]; started: unknown[] }> {
  const cloud = forkSimulation(deployed, 1);
  await send(cloud);
  await cloud.advance(GIVEN_UP_MS);
  noteUse(cloud, 'test/region-failover/malformed-events.scenario.ts');
  const told = cloud.stateOf(sns, TARGET).outbox.flatMap(({ endpoint, message }) => {
    if (!message.includes('responsePayload')) return [];
    const { requestContext, responsePayload } = JSON.parse(message);
    return [{ endpoint, function: requestContext.functionArn, ...responsePayload } as Told];
  });
  // A region whose instances are still booting is looked at by others: those executions are none of ours.
  const before = deployed.stateOf(stepFunctions, TARGET).executions;
  const started = Object.values(cloud.stateOf(stepFunctions, TARGET).executions)
    .filter(({ arn }) => !(arn in before))
    .map(({ input }) => JSON.parse(input) as { trigger: string; declaredAt: string })
    .filter(({ trigger, declaredAt }) => trigger === 'person' || Date.parse(declaredAt) < deployed.now);
  return { told, started };
}

describe('a malformed event', { timeout: 120_000 }, () => {
  it.each<[string, (cloud: Cloud) => unknown, RegExp]>([
    [
      'a request in which nobody asks',
      (cloud) => ask(cloud, 'Region failover requested', { ...request, by: '' }),
      /event is refused: detail\.by: .* got ""/,
    ],
    [
      'a request for no application',
      (cloud) => ask(cloud, 'Region failover requested', { target: TARGET, by: 'alice' }),
      /detail\.application: .* got nothing; detail\.from: .* got nothing/,
    ],
    [
      'a request that leaves a region which serves nothing',
      (cloud) => ask(cloud, 'Region failover requested', { ...request, from: 'eu-west-1' }),
      /detail\.from: eu-west-1 serves nothing, needed one of us-west-2, us-east-2/,
    ],
    [
      'a decision that is neither yes nor no',
      (cloud) =>
        ask(cloud, 'Region failover decided', {
          application: 'orders-prod',
          question: 'q',
          decision: 'maybe',
          by: 'a',
        }),
      /detail\.decision: .* got "maybe"/,
    ],
    [
      'an alarm about no region',
      (cloud) =>
        publishServiceEvent(cloud.context(eventBridge, TARGET, { kind: 'account' }), {
          source: alarm.source,
          detailType: alarm['detail-type'],
          detail: alarm.detail,
          resources: alarm.resources,
        }),
      /detail\.configuration\.metrics\.0\.metricStat\.metric\.dimensions\.region: .* got nothing/,
    ],
  ])('%s goes to the operations address as InvalidInput with the field, and starts nothing', async (_, send, field) => {
    const { told, started } = await toldAfter(send);
    expect(told).toEqual([
      expect.objectContaining({
        endpoint: 'operations@example.com',
        errorType: 'InvalidInput',
        errorMessage: expect.stringMatching(field),
      }),
    ]);
    expect(started).toEqual([]);
  });

  it('for another application is not for us: nobody is told', async () => {
    const { told } = await toldAfter((cloud) =>
      ask(cloud, 'Region failover requested', { ...request, application: 'shop-prod', by: '' }),
    );
    expect(told).toEqual([]);
  });
});
