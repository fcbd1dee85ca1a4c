/** The alarms of this region as they stand now. */
import { CloudWatchClient, DescribeAlarmsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch';
import type { Alarms } from '../ports.ts';
import { call, clientOptions } from './client.ts';

export function cloudWatchAlarms({ region }: { readonly region: string }): Alarms {
  const client = new CloudWatchClient(clientOptions(region));
  return {
    async tagsOf(arn) {
      const command = new ListTagsForResourceCommand({ ResourceARN: arn });
      const { Tags = [] } = await call('reading the tags of an alarm', client.send(command));
      return Object.fromEntries(Tags.flatMap(({ Key, Value }) => (Key && Value ? [[Key, Value]] : [])));
    },
    async all() {
      const found: Awaited<ReturnType<Alarms['all']>>[number][] = [];
      let NextToken: string | undefined;
      do {
        // Left out, AlarmTypes means metric alarms only (DescribeAlarms API Reference).
        const command = new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], NextToken });
        const answer = await call('describing alarms', client.send(command));
        for (const alarm of [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])]) {
          const { AlarmName: name, AlarmArn: arn, StateValue: state, StateUpdatedTimestamp: at } = alarm;
          if (!name || !arn || !state || !at) continue;
          const { StateReason: reason = '', AlarmDescription: description = null } = alarm;
          found.push({ name, arn, state, at: at.getTime(), reason, description });
        }
        NextToken = answer.NextToken;
      } while (NextToken !== undefined);
      return found;
    },
  };
}
