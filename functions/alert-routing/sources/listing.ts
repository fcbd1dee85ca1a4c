/** An alarm as CloudWatch lists it, for the sweep: the same signal as by its event. */
import type { AlarmNotification } from '../../../events/topic-message.ts';
import { isoOf } from '../../shared/clock.ts';
import type { Alarms } from '../../shared/ports.ts';
import type { Labels, Signal } from '../signal.ts';
import { ofNotification } from './cloudwatch.ts';

type Listed = Awaited<ReturnType<Alarms['all']>>[number];

export function ofListing({ name, arn, state, at, reason, description }: Listed, tags: Labels = {}): Signal {
  const notification = {
    AlarmName: name,
    AlarmArn: arn,
    AlarmDescription: description,
    NewStateValue: state,
    NewStateReason: reason,
    StateChangeTime: isoOf(at),
  } as AlarmNotification;
  return ofNotification(notification, { now: at }, tags)[0] as Signal;
}
