/**
 * Leaves an escalation's machine waiting until somebody acknowledges, or until the next step is due. Started by: the state
 * "Wait for an acknowledgement" (waitForTaskToken). The token stays in this region's table and in no log. An
 * acknowledgement that came just before is seen by who is asked here to look again.
 */
import * as z from 'zod';
import { dynamoItems } from '../shared/aws/items.ts';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Queue } from '../shared/ports.ts';
import { RouterConfig } from './config.ts';
import { type Followers, itemFollowers } from './item-escalations.ts';
import { askToFollow } from './wakes.ts';

const WaitInput = z.object({
  token: z.string().min(1),
  incident: z.string().min(1),
  countedFrom: z.number().int(),
  attempt: z.number().int().min(0),
});

export const makeAwaitAcknowledgement =
  ({
    followers,
    escalations,
    log,
  }: { followers: Pick<Followers, 'waits'>; escalations: Queue } & Surroundings<RouterConfig>) =>
  async (input: unknown): Promise<{ waits: boolean }> => {
    const { token, ...follower } = parse(WaitInput, input);
    const waits = await followers.waits(follower, token);
    if (!waits) log.warn('another machine follows it', { incident: follower.incident });
    await askToFollow(escalations, [follower.incident]);
    return { waits };
  };

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config) => ({
    followers: itemFollowers(dynamoItems(config)),
    escalations: sqsQueue({ region: config.region, queueUrl: config.escalationsQueueUrl }),
  }),
  make: makeAwaitAcknowledgement,
});
