/** `mainstay route`: the alert router as a process on this machine, for those without AWS. */
import { type Command, Option } from 'commander';
import { UsageProblem } from '../problem.ts';

interface Options {
  readonly host: string;
  readonly port: string;
  readonly data: string;
  readonly durability: 'full' | 'normal';
  readonly config?: string;
  readonly webhook?: string;
  readonly secretFile?: string;
}

const EXAMPLES = `
Examples:
  mainstay route --webhook http://127.0.0.1:8080/notify    everything to one webhook, grouped by name
  mainstay route --config routing.json                     your own table, as infra/config/alert-routing.json

It takes what Prometheus sends to Alertmanager (POST /api/v2/alerts), Alertmanager's own webhooks, events of AWS and signed
webhooks of any source (POST /webhook). Silences: /api/v2/silences. Acknowledgements: POST /api/v1/acknowledge.
Open incidents: /api/v1/incidents. Health: /-/healthy.

An alert is in the file before it is answered. --durability full survives a power cut; normal survives kill -9 of the
process, but a power cut may take the last moments.
With --secret-file (a secret per line; the first one signs) what is sent is signed, and what comes to /webhook has to be.
Exit code: 0 stopped, 2 bad usage or a busy port, 3 internal error.`;

export function addRoute(program: Command): void {
  program
    .command('route')
    .description('the alert router as a process on this machine, until stopped')
    .option('--host <address>', 'where to listen; others than loopback let others in', '127.0.0.1')
    .option('--port <number>', '0 takes a free port', '9093')
    .option('--data <file>', 'what is kept over a restart', '.mainstay/route.sqlite')
    .addOption(new Option('--durability <how>', 'when a commit counts').choices(['full', 'normal']).default('full'))
    .option('--config <file>', 'a routing table')
    .option('--webhook <url>', 'without a table: where everything goes')
    .option('--secret-file <file>', 'secrets of webhooks')
    .addHelpText('after', EXAMPLES)
    .action(async ({ port: text, ...options }: Options) => {
      const port = Number(text);
      if (!/^\d+$/.test(text) || port > 65_535) {
        throw new UsageProblem(`--port: got '${text}'; use a whole number from 0 to 65535`);
      }
      if ((options.config === undefined) === (options.webhook === undefined)) {
        throw new UsageProblem('--config, --webhook: needs exactly one of them');
      }
      if (options.webhook !== undefined && !/^https?:\/\//.test(options.webhook)) {
        throw new UsageProblem(`--webhook: got '${options.webhook}'; use an http or https URL`);
      }
      const { runRoute } = await import('../route/run.ts');
      await runRoute({ ...options, port });
    });
}
