/** `mainstay run <slug>`: starts a capability by hand and follows it. Asks before anything that cannot be undone. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import * as z from 'zod';
import { FailoverRequest } from '../../events/failover-request.ts';
import { type Configuration, loadConfiguration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import { openTarget } from '../deployment/open-target.ts';
import { endLines, endOf, follow } from '../follow.ts';
import { EXIT, UsageProblem } from '../problem.ts';
import { checkSlug } from '../slugs.ts';
import { readStatus } from '../status.ts';
import type { Target } from '../target.ts';
import { Timeline } from '../terminal.ts';

interface Options {
  readonly target: 'local' | 'aws';
  readonly environment: string;
  readonly input?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Detail = FailoverRequest['detail'];
const Given = z.strictObject(FailoverRequest.shape.detail.partial().shape);
type Given = z.infer<typeof Given>;

const EXAMPLES = `
Examples:
  mainstay run region-failover --by ana --reason "an exercise"                try it on a simulated cloud
  mainstay run region-failover --target aws --by ana --reason "us-west-2 is down"
  mainstay run region-failover --target aws --input request.json --yes        for scripts

The request as JSON: {"target", "from", "by", "reason", "acceptLossSeconds"}; what is left out is taken from the present
state: the application moves from the region that writes to the other one. Mainstay still checks that the move is safe.
Exit code: 0 moved, 1 not moved or not confirmed, 2 bad usage, 3 internal error.`;

export function addRun(program: Command): void {
  program
    .command('run')
    .argument('<slug>', 'region-failover')
    .description('start a capability by hand and follow it')
    .addOption(
      new Option('--target <where>', 'local: a fresh simulated cloud; aws: your account')
        .choices(['local', 'aws'])
        .default('local'),
    )
    .option('--environment <name>', 'whose configuration: dev, staging or prod', 'prod')
    .option('--input <file>', 'the request as JSON')
    .option('--by <name>', 'who asks; goes on record')
    .option('--reason <text>', 'why; goes on record')
    .option('--yes', 'do not ask before the step that cannot be undone')
    .option('--json', "the machine's output as JSON")
    .addHelpText('after', EXAMPLES)
    .action(async (slug: string, options: Options) => {
      checkSlug(slug);
      const configuration = loadConfiguration(options.environment);
      const given = givenBy(options);
      if (!options.yes) mustBeAskable(process.stdin);
      const timeline = new Timeline();
      try {
        process.exitCode = await start(configuration, given, options, timeline);
      } finally {
        timeline.end();
      }
    });
}

async function start(
  configuration: Configuration,
  given: Given,
  options: Options,
  timeline: Timeline,
): Promise<number> {
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

/** What the command line and the file say. Throws UsageProblem naming the field. */
export function givenBy({ input, by, reason }: Pick<Options, 'input' | 'by' | 'reason'>): Given {
  const parsed = Given.safeParse(input === undefined ? {} : readInput(input));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageProblem(`--input: ${issue?.path.join('.') || 'request'}: ${issue?.message}`);
  }
  const given = { ...parsed.data, ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
  if (!given.by) throw new UsageProblem('--by: missing; say who asks, it goes on record');
  if (!given.reason) throw new UsageProblem('--reason: missing; say why, it goes on record');
  return given;
}

function readInput(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageProblem(`--input: ${file} cannot be read as JSON (${(error as Error).message})`);
  }
}

/** Throws UsageProblem where nobody sits in front of the terminal. */
export function mustBeAskable(stdin: { readonly isTTY?: boolean }): void {
  if (stdin.isTTY) return;
  throw new UsageProblem(
    '--yes: nobody can be asked here, and promoting a database cannot be undone; give --yes if you mean it',
  );
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
