/** A topic of SNS: text for people, a title per protocol; the gravest channel of last resort, which also reaches phones. */
import type { Intent } from '../incident.ts';
import { cut, facts } from './request.ts';

export interface TopicPublication {
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** SNS refuses a longer subject, and one with control characters or beyond ASCII (Publish, "Subject"). */
const SUBJECT_MAX = 100;
const MESSAGE_MAX = 200_000;

export function renderSns(intent: Intent, { topicArn }: { topicArn: string }): TopicPublication {
  const { content, key, incident, severity, action, reason } = intent;
  const alerts = content.alerts.map(({ name, region, summary, status }) => `- ${status} ${name} ${region}: ${summary}`);
  const lines = facts(content).map(([name, value]) => `${name}: ${value}`);
  const subject = content.title.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return {
    topicArn,
    subject: subject.slice(0, SUBJECT_MAX) || 'Mainstay',
    message: cut([content.title, '', ...alerts, '', ...lines, '', reason].join('\n'), MESSAGE_MAX),
    attributes: { key, incident, severity, action },
  };
}
