/**
 * How a function serves CloudFormation as a custom resource: whatever happens, CloudFormation is told, for it waits as
 * long as the template lets it. Template Reference, "Custom resource request types" and "Custom resource response
 * objects".
 */
import * as z from 'zod';
import { DependencyNotReady } from './errors.ts';
import type { Surroundings } from './lambda.ts';
import { parse } from './parse.ts';
import type { Web } from './ports.ts';

const Envelope = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.unknown().optional(),
  OldResourceProperties: z.unknown().optional(),
});
type Envelope = z.infer<typeof Envelope>;

export interface Ask {
  readonly requestType: Envelope['RequestType'];
  /** Null at a creation. */
  readonly physicalId: string | null;
  /** The resource in its stack; the same in every request about it, and of no other. */
  readonly owner: string;
  readonly properties: unknown;
  /** At an update. In the rollback of a failed one these are what it failed to reach. */
  readonly oldProperties: unknown;
}

export interface Outcome {
  /** CloudFormation deletes the old resource when an update answers with another id. */
  readonly physicalId: string;
  /** One line for people. */
  readonly said: string;
}

type Answer = Outcome & { readonly status: 'SUCCESS' | 'FAILED' };

const SEND_TIMEOUT_MS = 3_000;
const SENDS_MAX = 3;
/** An answer may have 4096 bytes in all; what a person needs is in the beginning. */
const REASON_LENGTH_MAX = 1_000;

/**
 * A handler that asks `act`, for at most `workMsMax`, and answers with what it said or with why not. The function's own
 * time limit must leave ten seconds more. @throws InvalidInput when it was not CloudFormation that called;
 * DependencyNotReady when the answer did not arrive, so that Lambda repeats the call: `act` must bear that.
 */
export const answering =
  (
    ports: { readonly web: Web } & Pick<Surroundings<unknown>, 'clock' | 'log'>,
    workMsMax: number,
    act: (ask: Ask, signal: AbortSignal) => Promise<Outcome>,
  ) =>
  async (input: unknown): Promise<{ status: string }> => {
    const envelope = parse(Envelope, input);
    const answer = await answerOf(envelope, (ask) =>
      ports.clock.within(workMsMax, (signal) => Promise.race([act(ask, signal), tooLate(signal, workMsMax)])),
    );
    ports.log.info(`${envelope.RequestType}: ${answer.status}`, { said: answer.said, physicalId: answer.physicalId });
    await send(ports.web, envelope, answer);
    return { status: answer.status };
  };

async function answerOf(envelope: Envelope, act: (ask: Ask) => Promise<Outcome>): Promise<Answer> {
  const { StackId, LogicalResourceId, PhysicalResourceId } = envelope;
  const owner = `${StackId}/${LogicalResourceId}`;
  try {
    const outcome = await act({
      requestType: envelope.RequestType,
      physicalId: PhysicalResourceId ?? null,
      owner,
      properties: envelope.ResourceProperties,
      oldProperties: envelope.OldResourceProperties,
    });
    return { ...outcome, status: 'SUCCESS' };
  } catch (fault) {
    return { status: 'FAILED', physicalId: PhysicalResourceId ?? owner, said: String(fault) };
  }
}

const tooLate = (signal: AbortSignal, limitMs: number): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DependencyNotReady(`not done within ${limitMs / 1000} s`)));
  });

async function send(web: Web, envelope: Envelope, { status, physicalId, said }: Answer): Promise<void> {
  const { ResponseURL: url, StackId, RequestId, LogicalResourceId } = envelope;
  const body = JSON.stringify({
    StackId,
    RequestId,
    LogicalResourceId,
    PhysicalResourceId: physicalId,
    Status: status,
    Reason: said.slice(0, REASON_LENGTH_MAX),
  });
  let heard: number | 'no answer' = 'no answer';
  for (let attempt = 0; attempt < SENDS_MAX; attempt++) {
    // The address is signed for an empty content type (CloudFormation User Guide, custom resource responses).
    const answer = await web.send({ method: 'PUT', url, contentType: '', body, timeoutMs: SEND_TIMEOUT_MS });
    heard = answer?.status ?? 'no answer';
    // Refused is final: CloudFormation has its answer, or waits no longer.
    if (answer && answer.status < 500) return;
  }
  throw new DependencyNotReady(`CloudFormation was not told ${status}: ${heard}`);
}
