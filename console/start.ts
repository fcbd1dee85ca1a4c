/** Starts a move to another region by hand: opens the target, completes the request, asks, follows. For `mainstay run`. */
import { createInterface } from 'node:readline/promises';
import { FailoverRequest } from '../events/failover-request.ts';
import type { Configuration } from '../infra/config/index.ts';
import { namesOf } from '../infra/names.ts';
import { openTarget } from './deployment/open-target.ts';
import { endLines, endOf, follow } from './follow.ts';
import { EXIT, UsageProblem } from './problem.ts';
import type { Given } from './request.ts';
import { readStatus } from './status.ts';
import type { Target } from './target.ts';
import type { Timeline } from './terminal.ts';

type Detail = FailoverRequest['detail'];

export interface Started {
  readonly configuration: Configuration;
  readonly given: Given;
  readonly target: 'local' | 'aws';
  readonly environment: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Returns the command's exit code. Throws UsageProblem for a request that does not fit the present state. */
export async function start(options: Started, timeline: Timeline): Promise<number> {
  const { configuration, given } = options;
  const { target, cloud } = await openTarget(options.target, options.environment, timeline);
  const detail = await requestFor(target, configuration, given);
  timeline.end();
  if (!options.yes && !(await confirmed(detail))) {
    console.error('mainstay: nothing was started');
    return EXIT.broken;
  }
  const end = endOf(await follow({ target, configuration, detail, timeline, ...(cloud && { cloud }) }));
  timeline.end();
  process.stdout.write(`${options.json ? JSON.stringify(end) : endLines(end).join('\n')}\n`);
  return end.outcome === 'moved' ? EXIT.held : EXIT.broken;
}

async function requestFor(target: Target, configuration: Configuration, given: Given): Promise<Detail> {
  const { authority, problems } = await readStatus(target, configuration);
  if (!authority) {
    const why = problems[0] ?? 'it has no item for this application';
    throw new UsageProblem(`--target: the authority table cannot be read (${why}); is Mainstay deployed there?`);
  }
  const { serving } = configuration.regions;
  const from = given.from ?? authority.holder;
  const to = given.target ?? serving.find((region) => region !== from);
  for (const [field, region] of Object.entries({ from, target: to })) {
    if (region !== undefined && (serving as readonly string[]).includes(region)) continue;
    throw new UsageProblem(`--input: ${field}: got '${region}'; use one of ${serving.join(', ')}`);
  }
  return FailoverRequest.shape.detail.parse({
    ...given,
    application: namesOf(configuration).prefix,
    target: to,
    from,
  });
}

async function confirmed({ application, from, target }: Detail): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(
    [
      `${application} writes in ${from}. This`,
      `  stops its writes there and waits until they have certainly stopped,`,
      `  promotes the database in ${target}: what ${from} has not replicated by then is lost,`,
      `  and sends the users to ${target}.`,
      `The promotion cannot be undone. Type ${target} to go on: `,
    ].join('\n'),
  );
  prompt.close();
  return answer.trim() === target;
}
