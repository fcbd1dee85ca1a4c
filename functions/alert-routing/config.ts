/** What the functions of alert routing are told by MAINSTAY_CONFIG, and the routing table that they unpack from it. */
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { checkedRouting } from './check.ts';
import { type Table, tableOf } from './table.ts';

export const RouterConfig = z.object({
  /** Prefix of application and environment, such as orders-prod. */
  application: z.string(),
  region: z.string(),
  account: z.string(),
  table: z.string(),
  /** Regions that may hear of the same alert, this one included, in the same order everywhere. */
  serving: z.array(z.string()).min(1),
  /** What they tell each other by. */
  peersTable: z.string(),
  /** The routing configuration as JSON, compressed and in base64: a function's environment holds 4 KB. */
  routing: z.string(),
  /** What is before the name of a secret in the routing configuration. */
  secretPrefix: z.string(),
  eventsQueueUrl: z.string(),
  workQueueUrl: z.string(),
  /** Where it is said that an escalation began or ended. */
  escalationsQueueUrl: z.string(),
  /** Where it is said that a signal came which a remediation looks for. */
  remediesQueueUrl: z.string(),
  /** By the target that a channel of kind sns names. */
  topics: z.record(z.string(), z.string()),
  /** The topic of last resort: what a provider refused for good is told here. */
  operationsTopicArn: z.string(),
  mailFrom: z.string(),
  /** Where signed links lead; null where there are none. */
  linksUrl: z.string().nullable(),
});
export type RouterConfig = z.infer<typeof RouterConfig>;

export const FollowConfig = RouterConfig.extend({ escalationMachineArn: z.string() });
export type FollowConfig = z.infer<typeof FollowConfig>;

export const RemediateConfig = RouterConfig.extend({
  servingRegions: z.tuple([z.string(), z.string()]),
  releasesTable: z.string(),
  /** `on` lets remediations start; anything else, and nothing at all, holds them. */
  automationParameter: z.string(),
});
export type RemediateConfig = z.infer<typeof RemediateConfig>;

/** @throws InvalidRouting when the table does not hold together, as the synthesis would have said */
export function tableIn({ routing }: Pick<RouterConfig, 'routing'>): Table {
  const text = gunzipSync(Buffer.from(routing, 'base64')).toString();
  return tableOf(checkedRouting(JSON.parse(text)));
}
