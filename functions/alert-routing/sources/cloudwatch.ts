/** Signals of CloudWatch alarms, however they come: by EventBridge, by SNS, per contributor, by being deleted. Pure. */
import type { AlarmContributorTransition } from '../../../events/alarm-contributor-transition.ts';
import type { AlarmDeletion } from '../../../events/alarm-deletion.ts';
import type { AlarmTransition } from '../../../events/alarm-transition.ts';
import type { AlarmNotification } from '../../../events/topic-message.ts';
import { msOf } from '../../shared/clock.ts';
import type { Labels, Links, Signal, SourceMute } from '../signal.ts';
import { arnParts, type Context, moment, severityOf, signal, webLink } from './common.ts';

const STATES = { OK: 'resolved', ALARM: 'firing', INSUFFICIENT_DATA: 'unknown' } as const;

export function ofTransition(event: AlarmTransition, { now }: Context): Signal[] {
  const { detail, resources } = event;
  const { state, alarmTags = {}, configuration } = detail;
  const arn = resources[0];
  return [
    alarm({
      kind: 'alarm-transition',
      arn,
      name: detail.alarmName,
      state: STATES[state.value],
      at: moment(state.timestamp, now),
      summary: state.reason,
      description: configuration.description ?? '',
      tags: alarmTags,
      muted: muteOf(detail),
    }),
  ];
}

/** Muted and suppressed alarms still send events. How long a suppression lasts nobody says; a mute's window ends. */
function muteOf({ state, muteDetail }: AlarmTransition['detail']): SourceMute | null {
  if (muteDetail) return { by: muteDetail.mutedByArn, until: msOf(muteDetail.muteWindowEnd) };
  return state.actionsSuppressedBy ? { by: `suppressed by ${state.actionsSuppressedBy}`, until: null } : null;
}

export function ofContributor(event: AlarmContributorTransition, { now }: Context): Signal[] {
  const { alarmName, alarmContributor, state, alarmTags = {}, configuration } = event.detail;
  const one = alarm({
    kind: 'alarm-contributor-transition',
    arn: event.resources[0],
    name: alarmName,
    state: STATES[state.value],
    at: moment(state.timestamp, now),
    summary: state.reason,
    description: configuration.description ?? '',
    tags: { ...alarmContributor.attributes, ...alarmTags },
    muted: null,
  });
  return [{ ...one, resource: `${one.resource}#${alarmContributor.id}` }];
}

/** Of a deleted alarm only the name and the time of the event are known; the event's second is over at its end. */
export function ofDeletion(event: AlarmDeletion, { now }: Context): Signal[] {
  const { detail, resources, time } = event;
  return [
    alarm({
      kind: 'alarm-deletion',
      arn: resources[0],
      name: detail.alarmName,
      state: 'resolved',
      at: moment(time, now) + 999,
      summary: 'the alarm was deleted',
      description: '',
      tags: {},
      muted: null,
    }),
  ];
}

/** The same signal as by EventBridge: same alarm, same time, so that both together are one. */
export function ofNotification(message: AlarmNotification, { now }: Context, tags: Labels = {}): Signal[] {
  return [
    alarm({
      kind: 'alarm-transition',
      arn: message.AlarmArn,
      name: message.AlarmName,
      state: STATES[message.NewStateValue],
      at: moment(message.StateChangeTime, now),
      summary: message.NewStateReason,
      description: message.AlarmDescription ?? '',
      tags,
      muted: null,
    }),
  ];
}

interface Alarm extends Pick<Signal, 'kind' | 'name' | 'state' | 'at' | 'summary' | 'description' | 'muted'> {
  readonly arn: string;
  readonly tags: Labels;
}

function alarm({ arn, tags, ...said }: Alarm): Signal {
  const { region, account, resource } = arnParts(arn);
  const links: Links = {
    runbook: webLink(tags.runbook ?? tags.runbook_url ?? /Runbook:\s*(https?:\S+)/i.exec(said.description)?.[1]),
    graph: webLink(tags.graph),
    source: `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(said.name)}`,
  };
  return signal({
    ...said,
    source: 'aws.cloudwatch',
    account,
    region,
    resource,
    severity: severityOf(tags.severity),
    labels: tags,
    links,
  });
}
