/**
 * Tells people once that a release waits for them, and looks whether one has approved. Started by: the state "Ask a
 * person", every 20 seconds. No answer in time is no; nobody was sent to the release yet, and whom somebody else sent there
 * ends it (blue-green/I6).
 */
import * as z from 'zod';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { snsPager } from '../shared/aws/sns.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Pager, Settings } from '../shared/ports.ts';
import type { ForwardWeights, Releases } from '../shared/release-ports.ts';
import { kindNow } from './decide.ts';
import { FrozenUnsafe } from './errors.ts';
import { requireIdle } from './idle.ts';
import { Plan } from './plan.ts';

const AskInput = z.object({ plan: Plan, askedAt: z.iso.datetime() });

interface Ports {
  readonly releases: Pick<Releases, 'read'>;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly settings: Pick<Settings, 'read'>;
  readonly pager: Pager;
}

/** Within the first look people are told; a repetition of it tells them twice, which is better than not at all. */
const FIRST_LOOK_MS = 15_000;

export const makeAsk =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ action: 'go' | 'wait' | 'decline'; reasons: string[] }> => {
    const { settings, pager, config, clock } = ports;
    const { plan, askedAt } = parse(AskInput, input);
    const { steering, candidate } = await requireIdle(ports, plan);
    const { releaseId } = plan.release;
    const { approvalSecondsMax } = config.policy;
    if ((await settings.read('deployments'))?.frozen) throw new FrozenUnsafe('deployments are frozen');
    const said = steering && `${steering.by}: ${steering.reason}`;
    if (steering?.decision === 'approve' || steering?.decision === 'promote')
      return { action: 'go', reasons: [`${said}`] };
    if (steering?.decision === 'roll-back') return { action: 'decline', reasons: [`${said}`] };
    if (candidate && kindNow(plan, candidate) === 'hotfix') {
      return { action: 'go', reasons: [`${candidate.by}: ${candidate.reason}`] };
    }
    if (candidate?.ready && candidate.id !== releaseId)
      return { action: 'decline', reasons: [`${candidate.id} is newer`] };
    const waited = clock.now() - Date.parse(askedAt);
    if (waited >= approvalSecondsMax * 1000) {
      return { action: 'decline', reasons: [`nobody approved within ${approvalSecondsMax} s`] };
    }
    if (waited < FIRST_LOOK_MS) {
      await pager.tell(
        `${config.application}: release waits for approval (${config.region})`,
        `${releaseId} is prepared and validated. Approve within ${approvalSecondsMax} s, or it is given up.\n` +
          `Digest: ${plan.digest}\nRunbook: ${config.runbookUrl}`,
      );
    }
    return { action: 'wait', reasons: [] };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    settings: ssmSettings(config),
    pager: snsPager(config),
  }),
  make: makeAsk,
});
