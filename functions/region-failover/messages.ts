/** What people are told, in whole sentences. Pure. A task token is never among the words. */
import type { Measures } from './measure.ts';

interface Message {
  readonly subject: string;
  readonly message: string;
}

interface Place {
  readonly application: string;
  readonly region: string;
  readonly runbookUrl: string;
}

interface Who {
  readonly target: string;
  readonly from: string;
  readonly by: string;
  readonly reason: string;
}

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

export function questionMessage(asked: {
  readonly config: Place;
  readonly request: Who;
  readonly reasons: readonly string[];
  readonly question: string;
  readonly answerBy: string;
}): Message {
  const { config, request, reasons, question, answerBy } = asked;
  const answer = (decision: string) =>
    `aws events put-events --region ${config.region} --entries '${JSON.stringify([
      {
        Source: 'mainstay',
        DetailType: 'Region failover decided',
        Detail: JSON.stringify({ application: config.application, question, decision, by: 'YOU', reason: 'WHY' }),
      },
    ])}'`;
  return {
    subject: `${config.application}: move from ${request.from} to ${request.target}? Answer by ${answerBy}`,
    message: [
      `${request.by} asks to move ${config.application} from ${request.from} to ${request.target}: ${request.reason}`,
      `Mainstay does not decide this alone, because:\n${bullets(reasons)}`,
      `Without an answer by ${answerBy} nothing is moved.`,
      `To move:\n${answer('approve')}`,
      `To leave it:\n${answer('decline')}`,
      `Runbook: ${config.runbookUrl}`,
    ].join('\n\n'),
  };
}

const OUTCOMES: Readonly<Record<string, (who: Who) => string>> = {
  moved: ({ from, target }) => `moved from ${from} to ${target}`,
  held: ({ from, target }) => `NOT moved from ${from} to ${target}`,
  declined: ({ from, target }) => `not moved from ${from} to ${target}, a person declined`,
  aborted: ({ from, target }) => `the move from ${from} to ${target} was undone, ${from} may write again`,
  incomplete: ({ from, target }) => `INCOMPLETE: the move from ${from} to ${target} passed the point of no return`,
};

export function outcomeMessage(told: {
  readonly config: Place;
  readonly request: Who;
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly measures: Measures | null;
}): Message {
  const { config, request, outcome, reasons, measures } = told;
  const what = OUTCOMES[outcome]?.(request) ?? outcome;
  const figure = (seconds: number | null) => (seconds === null ? 'unknown' : `${seconds} s`);
  return {
    subject: `${config.application}: ${what}`,
    message: [
      `${config.application}: ${what}. Started by ${request.by}: ${request.reason}`,
      reasons.length > 0 ? `Because:\n${bullets(reasons)}` : '',
      measures
        ? `Detection ${figure(measures.detectSeconds)}, RTO ${figure(measures.rtoSeconds)}, RPO ${figure(measures.rpoSeconds)}, at most ${figure(measures.rpoSecondsMax)}.`
        : '',
      outcome === 'incomplete' ? 'Mainstay only rolls forward from here and tries again each minute.' : '',
      `Runbook: ${config.runbookUrl}`,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}
