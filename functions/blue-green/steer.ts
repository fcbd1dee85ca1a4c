/**
 * Takes a person's decision to the release that is under way, or starts the return from one that was committed.
 * Started by: infra/wiring.ts "decision". The machine reads it within 20 seconds; going back pre-empts everything else.
 */
import { ReleaseDecision } from '../../events/release-decision.ts';
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { sfnExecutions } from '../shared/aws/sfn.ts';
import { snsPager } from '../shared/aws/sns.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { InvalidInput } from '../shared/errors.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Executions, Pager } from '../shared/ports.ts';
import type { Chronicle, ReleaseState, Releases, Served, Steering } from '../shared/release-ports.ts';
import { endMessage } from './messages.ts';
import { note } from './note.ts';
import { executionName, type Request } from './request.ts';

interface Ports {
  readonly releases: Releases;
  readonly chronicle: Chronicle;
  readonly executions: Pick<Executions, 'start'>;
  readonly pager: Pager;
}

type Steered = { readonly action: 'steered' | 'returning' | 'refused' | 'known' | 'not ours' };

export const makeSteer =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<Steered> => {
    const { releases, executions, config } = ports;
    const { id, time, detail } = parse(ReleaseDecision, input, 'event');
    const { application, release, decision, by, reason } = detail;
    if (application !== config.application) return { action: 'not ours' };
    const steering: Steering = { id, decision, by, reason, at: new Date(time).toISOString() };
    const state = await releases.read();
    if (state.lease?.releaseId === release) {
      const steered = await releases.steer(steering, release);
      await note(ports, release, 'steered', { ...steering }, id);
      return { action: steered ? 'steered' : 'known' };
    }
    if (decision !== 'roll-back' || state.live?.releaseId !== release) {
      throw new InvalidInput(`detail.release: ${release} is neither under way nor live; ${whatIs(state)}`);
    }
    await note(ports, release, 'steered', { ...steering }, id);
    if (!state.retained) return refuse(ports, state.live, `nothing is kept to roll back to; ${whatIs(state)}`);
    const request = returnTo(state.live.digest, steering, state.fence);
    await executions.start(executionName(request.releaseId, state.fence), request);
    return { action: 'returning' };
  };

/** At once: an error would be repeated for minutes before anybody heard of it. */
async function refuse(
  { pager, config }: Pick<Ports, 'pager'> & Surroundings<ReleaseConfig>,
  { releaseId, digest }: Served,
  reason: string,
): Promise<Steered> {
  const { subject, message } = endMessage(config, { outcome: 'held', releaseId, digest, reasons: [reason] });
  await pager.tell(subject, message);
  return { action: 'refused' };
}

const whatIs = ({ lease, live }: ReleaseState): string =>
  `under way is ${lease?.releaseId ?? 'nothing'}, live is ${live?.releaseId ?? 'what was there before'}`;

const returnTo = (digest: string, { id, by, reason, at }: Steering, fence: number): Request => ({
  releaseId: `return-${id}`,
  kind: 'roll-back',
  digest,
  tag: null,
  by,
  reason,
  requestedAt: at,
  fence,
  schema: null,
  revision: null,
  revisedAt: null,
  steps: [],
  approval: false,
});

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    chronicle: dynamoChronicle(config),
    executions: sfnExecutions(config),
    pager: snsPager(config),
  }),
  make: makeSteer,
});
