/** Alarms as CloudWatch lists them, for the sweep: the same signals as by their events. Pure. */
import type { AlarmNotification } from '../../../events/topic-message.ts';
import { isoOf } from '../../shared/clock.ts';
import type { Alarms } from '../../shared/ports.ts';
import { type Alert, isFiring } from '../alert.ts';
import type { Labels, Signal } from '../signal.ts';
import { ofNotification } from './cloudwatch.ts';
import { arnParts } from './common.ts';

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

/** An alarm that began to fire so lately may be newer than the list. */
const YOUNG_MS = 60_000;

/** The end of each alert that fires and whose alarm is in no list any more: a deleted alarm says nothing by itself. */
export function goneOf(alerts: readonly Alert[], arns: ReadonlySet<string>, now: number): Signal[] {
  const nameOf = (account: string, region: string, alarm: string) => `${account} ${region} ${alarm}`;
  const listed = new Set([...arns].map(arnParts).map((arn) => nameOf(arn.account, arn.region, arn.resource)));
  const isGone = (alert: Alert): boolean => {
    const { account, region, resource } = alert.signal;
    // A contributor is part of its alarm.
    const [alarm = ''] = resource.split('#');
    const isYoung = (alert.fired[0] ?? now) > now - YOUNG_MS;
    return isFiring(alert, now) && !isYoung && !listed.has(nameOf(account, region, alarm));
  };
  const summary = 'the alarm is gone, and no event said so';
  return alerts.filter(isGone).map(({ signal }) => ({ ...signal, state: 'resolved', at: now, until: null, summary }));
}
