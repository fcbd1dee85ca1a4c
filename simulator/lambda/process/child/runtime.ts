/**
 * The Node.js runtime of a Lambda function: loads the handler, then takes invocations from the Runtime API and answers
 * them, for ever (Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"). Run by `main.ts`.
 */
import http from 'node:http';
import { createRequire, flushCompileCache } from 'node:module';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { contextOf, type Handler, handlerIn, moduleMissing, notLoaded, partsOf } from '../../handler.ts';
import { type Outcome, resultOutcome, thrownOutcome } from '../../outcome.ts';
import { connectToSimulator, refusalsTold } from './network.ts';
import { CLOCK_HEADER, END_OF_OUTPUT, LAST_HEADER, type Settings } from './settings.ts';
import { setClock, wallNow } from './time.ts';

const PREFIX = '/2018-06-01/runtime';

interface Answer {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export class Runtime {
  readonly #settings: Settings;
  readonly #agent: http.Agent;
  /** Of the output, while something can still be added to it. */
  readonly #write = {
    stdout: process.stdout.write.bind(process.stdout),
    stderr: process.stderr.write.bind(process.stderr),
  };
  #requestId: string | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#agent = new http.Agent({ keepAlive: true });
    Object.assign(this.#agent, { createConnection: (): Duplex => connectToSimulator(settings.port) });
  }

  async run(): Promise<never> {
    process.on('uncaughtException', (error) => void this.#crash(error));
    process.on('unhandledRejection', (error) => void this.#crash(error));
    const loaded = this.#load();
    if (typeof loaded !== 'function') {
      await this.#post('/init/error', loaded);
      process.exit(1);
    }
    // It is killed one day, not asked to end, and could not hand its compiled code on then.
    flushCompileCache();
    for (;;) await this.#serve(loaded);
  }

  #load(): Handler | Outcome {
    const { taskRoot } = this.#settings;
    const handler = process.env._HANDLER ?? '';
    const require = createRequire(taskRoot);
    try {
      const file = ['.js', '.cjs']
        .map((suffix) => `${taskRoot}${partsOf(handler).module}${suffix}`)
        .find(exists(require));
      return file === undefined ? moduleMissing(handler) : handlerIn(require(file), handler);
    } catch (error) {
      return notLoaded(error, taskRoot);
    }
  }

  async #serve(handler: Handler): Promise<void> {
    const { headers, body } = await this.#request('GET', '/invocation/next');
    setClock(JSON.parse(String(headers[CLOCK_HEADER])));
    process.env._X_AMZN_TRACE_ID = String(headers['lambda-runtime-trace-id']);
    const requestId = String(headers['lambda-runtime-aws-request-id']);
    this.#requestId = requestId;
    const outcome = await this.#invoke(handler, body, headers);
    await this.#end(requestId, outcome);
  }

  async #invoke(handler: Handler, body: string, headers: http.IncomingHttpHeaders): Promise<Outcome> {
    const { env } = process;
    const deadline = Number(headers['lambda-runtime-deadline-ms']);
    const clientContext = headers['lambda-runtime-client-context'];
    const context = contextOf({
      functionName: env.AWS_LAMBDA_FUNCTION_NAME ?? '',
      invokedFunctionArn: String(headers['lambda-runtime-invoked-function-arn']),
      memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? '',
      awsRequestId: String(headers['lambda-runtime-aws-request-id']),
      logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME ?? '',
      logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
      clientContext: clientContext === undefined ? undefined : JSON.parse(String(clientContext)),
      getRemainingTimeInMillis: () => Math.max(0, deadline - wallNow()),
    });
    try {
      return resultOutcome(await handler(JSON.parse(body), context));
    } catch (error) {
      return thrownOutcome(error, this.#settings.taskRoot);
    }
  }

  async #end(requestId: string, outcome: Outcome, headers: http.OutgoingHttpHeaders = {}): Promise<void> {
    this.#requestId = undefined;
    await refusalsTold();
    await Promise.all([this.#write.stdout, this.#write.stderr].map((write) => written(write, requestId)));
    await this.#post(`/invocation/${requestId}/${outcome.failed ? 'error' : 'response'}`, outcome, headers);
  }

  /** What nothing caught is the invocation's error, and the end of the process. */
  async #crash(error: unknown): Promise<void> {
    const requestId = this.#requestId;
    if (requestId !== undefined) {
      await this.#end(requestId, thrownOutcome(error, this.#settings.taskRoot), { [LAST_HEADER]: 'true' });
    }
    process.exit(1);
  }

  async #post(path: string, { payload, failed }: Outcome, headers: http.OutgoingHttpHeaders = {}): Promise<void> {
    const type = failed ? (JSON.parse(payload) as { errorType: string }).errorType : undefined;
    await this.#request('POST', path, payload, {
      ...headers,
      ...(type !== undefined && { 'lambda-runtime-function-error-type': type }),
    });
  }

  /** Without the simulator there is nothing left to live for. */
  #request(method: string, path: string, body = '', headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
    const agent = this.#agent;
    const options = { agent, method, path: PREFIX + path, headers, host: process.env.AWS_LAMBDA_RUNTIME_API };
    return new Promise((resolve) => {
      const request = http.request({ ...options, setHost: true }, (answer) => {
        const { headers } = answer;
        text(answer).then(
          (body) => resolve({ headers, body }),
          () => process.exit(1),
        );
      });
      request.on('error', () => process.exit(1));
      request.end(body);
    });
  }
}

/** Only then may this process be frozen: what does not fit into a pipe waits in it. */
function written(write: typeof process.stdout.write, requestId: string): Promise<void> {
  return new Promise((resolve) => void write(`${END_OF_OUTPUT}${requestId}\n`, () => resolve()));
}

function exists(require: NodeJS.Require): (file: string) => boolean {
  return (file) => {
    try {
      return require.resolve(file) !== '';
    } catch {
      return false;
    }
  };
}
