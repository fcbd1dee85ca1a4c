/** `mainstay explain <event.json>`: which rule, why, who, when, with which keys, by the very functions that route. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { checkedRouting } from '../../functions/alert-routing/check.ts';
import { InvalidRouting } from '../../functions/alert-routing/errors.ts';
import { type Explained, type Explanation, explain } from '../../functions/alert-routing/explain.ts';
import { tableOf } from '../../functions/alert-routing/table.ts';
import { UsageProblem } from '../problem.ts';

interface Options {
  readonly at?: string;
  readonly config: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  mainstay explain events/samples/alarm-transition/metric.json
  mainstay explain event.json --at 2026-11-22T03:00:00Z      as if it came on a Sunday night
  mainstay explain mail.txt --config my-routing.json --json

It takes any source: events of AWS, topic messages, Alertmanager's and Sentry's webhooks, plain text of Budgets.
Exit code: 0 explained, also where it goes to the default owner; 2 bad usage, a file or a table that cannot be used.`;

export function addExplain(program: Command): void {
  program
    .command('explain <event>')
    .description('why an event goes to whom, when and under which keys')
    .option('--at <time>', 'when it comes, ISO 8601; left out: the event’s own time')
    .option('--config <file>', 'the routing table', 'infra/config/alert-routing.json')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: Options) => {
      const text = contentOf(file, '<event>');
      const table = tableOf(routingOf(options.config));
      const explanation = explain(text, table, momentOf(options.at, text));
      process.stdout.write(options.json ? `${JSON.stringify(explanation)}\n` : `${linesOf(explanation).join('\n')}\n`);
    });
}

function contentOf(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageProblem(`${name}: ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function routingOf(file: string) {
  try {
    return checkedRouting(JSON.parse(contentOf(file, '--config')));
  } catch (error) {
    if (error instanceof InvalidRouting) throw new UsageProblem(error.message, { cause: error });
    if (error instanceof SyntaxError) throw new UsageProblem(`--config: ${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The event's own time where it says one, so that the same file is explained the same way tomorrow. */
function momentOf(at: string | undefined, text: string): number {
  if (at === undefined) {
    const own = Date.parse(/"(?:time|Timestamp|at|startsAt)"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '');
    return Number.isNaN(own) ? Date.now() : own + 1000;
  }
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) throw new UsageProblem(`--at: got '${at}'; use ISO 8601 such as 2026-11-22T03:00:00Z`);
  return moment;
}

const iso = (at: number): string => new Date(at).toISOString();

function linesOf({ kind, problem, at, signals }: Explanation): string[] {
  const head = [`read as ${kind} at ${iso(at)}`, ...(problem ? [`  not understood: ${problem}`] : [])];
  if (signals.length === 0) return [...head, 'it says nothing about an alert: nobody is told'];
  return [...head, ...signals.flatMap((one) => ['', ...signalLines(one, at)])];
}

function signalLines(
  { signal, severity, route, keys, groupLabels, notifications, reasons }: Explained,
  at: number,
): string[] {
  const labels = Object.entries(groupLabels).map(([name, value]) => `${name}=${value}`);
  // What a message gives as its reason stands beside the message.
  const told = new Set(notifications.map(({ reason }) => reason));
  return [
    `${signal.name}: ${signal.state} since ${iso(signal.at)} (${signal.source} ${signal.account} ${signal.region})`,
    `  severity  ${severity.value}, ${severity.because}`,
    `  route     ${route.id}, owner ${route.owner}, runbook ${route.runbookUrl ?? 'none'}`,
    `  group     ${labels.join(' ') || 'all of the route'}`,
    `  keys      alert ${keys.alert}, group ${keys.group ?? 'none yet'}, incident ${keys.incident ?? 'none within the hours ahead'}`,
    ...reasons.filter((reason) => !told.has(reason)).map((reason) => `  because   ${reason}`),
    ...tellings(notifications, at),
  ];
}

/** A line for all that is told at one moment; what is then told again and again in the same words, once. */
function tellings(notifications: Explained['notifications'], at: number): string[] {
  const moments = [
    ...Map.groupBy(notifications, ({ at: when, action, reason }) => `${when} ${action} ${reason}`).values(),
  ];
  const lines = moments.map((all) => {
    const { at: when, action, reason } = all[0] as (typeof all)[number];
    return { when, says: `${all.map(({ channel }) => channel).join(', ')} ${action}: ${reason}` };
  });
  return lines.flatMap(({ when, says }, index) => {
    if (lines[index - 1]?.says === says) return [];
    const next = lines[index + 1];
    const again = next?.says === says ? `, and again each ${(next.when - when) / 1000} s` : '';
    return [`  ${`+${Math.round((when - at) / 1000)} s`.padEnd(9)} ${says}${again}`];
  });
}
