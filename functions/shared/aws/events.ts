/** The default bus of this region. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DependencyNotReady } from '../errors.ts';
import type { Bus } from '../ports.ts';
import { call, clientOptions } from './client.ts';

export function eventBus({ region }: { readonly region: string }): Bus {
  const client = new EventBridgeClient(clientOptions(region));
  return {
    async put(detailType, detail) {
      const Entries = [{ Source: 'mainstay', DetailType: detailType, Detail: JSON.stringify(detail) }];
      const answer = await call('putting an event', client.send(new PutEventsCommand({ Entries })));
      const refused = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refused) throw new DependencyNotReady(`putting an event did not succeed: ${refused.ErrorCode}`);
    },
  };
}
