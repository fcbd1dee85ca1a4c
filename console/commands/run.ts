/** `mainstay run <slug>`: starts a capability by hand and follows it. Asks before anything that cannot be undone. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { FailoverRequest } from '../../events/failover-request.ts';
import { type Configuration, loadConfiguration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import { openTarget } from '../deployment/open-target.ts';
import { EXIT, UsageProblem } from '../problem.ts';
import { checkSlug } from '../slugs.ts';
import type { Target } from '../target.ts';
import { Timeline } from '../terminal.ts';
import { readStatus } from './status.ts';

const POLL_MS = 5_000;
const FOLLOW_MS_MAX = 2 * 3_600_000;

interface Options {
  readonly target: 'local' | 'aws';
  readonly environment: string;
  readonly input?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

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
    .option('--environment <name>', 'dev, staging or prod', 'prod')
    .option('--input <file>', 'the request as JSON; left-out fields are taken from the present state')
    .option('--by <name>', 'who asks')
    .option('--reason <text>', 'why')
    .option('--yes', 'do not ask before the step that cannot be undone')
    .action(async (slug: string, options: Options) => {
      checkSlug(slug);
      const configuration = loadConfiguration(options.environment);
      const given = options.input === undefined ? {} : readInput(options.input);
      const target = await openTarget(options.target, options.environment);
      const detail = await request(target, configuration, { ...options, ...given });
      if (!options.yes && !(await confirmed(detail))) {
        console.error('mainstay: nothing was started');
        process.exitCode = EXIT.broken;
        return;
      }
      process.exitCode = await follow(target, configuration, detail);
    });
}

type Detail = FailoverRequest['detail'];

function readInput(file: string): Partial<Detail> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Detail>;
  } catch (error) {
    throw new UsageProblem(`--input: ${file} cannot be read as JSON (${(error as Error).message})`);
  }
}

async function request(target: Target, configuration: Configuration, given: Partial<Detail>): Promise<Detail> {
  const { authority } = await readStatus(target, configuration);
  if (!authority)
    throw new UsageProblem('the authority table cannot be read; is Mainstay deployed, and are you signed in?');
  const other = configuration.regions.serving.find((region) => region !== authority.holder);
  const detail = {
    application: namesOf(configuration).prefix,
    target: given.target ?? other,
    from: given.from ?? authority.holder,
    by: given.by,
    reason: given.reason,
    ...(given.acceptLossSeconds === undefined ? {} : { acceptLossSeconds: given.acceptLossSeconds }),
  };
  const parsed = FailoverRequest.shape.detail.safeParse(detail);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0]);
  throw new UsageProblem(
    `--${field}: got ${JSON.stringify((detail as Record<string, unknown>)[field])}; ${issue?.message}`,
  );
}

async function confirmed({ application, from, target }: Detail): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageProblem(
      '--yes: nobody can be asked here, and promoting a database cannot be undone; give --yes if you mean it',
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(
    `This stops writes of ${application} in ${from} and promotes the database in ${target}. What ${from} has not replicated is lost.\nType ${target} to go on: `,
  );
  prompt.close();
  return answer.trim() === target;
}

/** Sends the request and prints the machine's states as they are entered. Returns the exit code. */
async function follow(target: Target, configuration: Configuration, detail: Detail): Promise<number> {
  const timeline = new Timeline();
  const region = detail.target;
  const sent = await target.call(
    'events',
    'PutEvents',
    { Entries: [{ Source: 'mainstay', DetailType: 'Region failover requested', Detail: JSON.stringify(detail) }] },
    region,
  );
  if (sent.FailedEntryCount) throw new Error(`the request was not taken: ${sent.Entries?.[0]?.ErrorMessage}`);
  const { account } = await identity(target, region);
  const machine = `arn:aws:states:${region}:${account}:stateMachine:${namesOf(configuration).workflow}`;
  let executionArn: string | undefined;
  let seen = 0;
  for (let waited = 0; waited < FOLLOW_MS_MAX; waited += POLL_MS) {
    await target.wait(POLL_MS);
    executionArn ??= (
      await target.call('states', 'ListExecutions', { stateMachineArn: machine, maxResults: 1 }, region)
    ).executions?.[0]?.executionArn;
    if (!executionArn) continue;
    const history = await target.call('states', 'GetExecutionHistory', { executionArn, maxResults: 1000 }, region);
    for (const event of (history.events ?? []).slice(seen)) {
      const name = event.stateEnteredEventDetails?.name;
      if (name) timeline.entry({ t: waited / 1000, what: name, region, actor: 'region-failover' });
    }
    seen = history.events?.length ?? seen;
    const { status, output } = await target.call('states', 'DescribeExecution', { executionArn }, region);
    if (status === 'RUNNING') continue;
    process.stdout.write(`${output ?? JSON.stringify({ status })}\n`);
    return status === 'SUCCEEDED' ? EXIT.held : EXIT.broken;
  }
  console.error(`mainstay: still running after ${FOLLOW_MS_MAX / 3_600_000} h; it goes on without this command`);
  return EXIT.broken;
}

async function identity(target: Target, region: string): Promise<{ account: string }> {
  const { Account } = await target.call('sts', 'GetCallerIdentity', {}, region);
  if (!Account) throw new Error('STS did not say which account this is');
  return { account: Account };
}
