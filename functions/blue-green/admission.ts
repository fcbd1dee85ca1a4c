/**
 * Looks at what there is about a candidate, decides, and does what follows: starts a release, lets it wait, or refuses it
 * with a reason on the record. Used by `admit`, right after an event, and by `reconcile`, each minute while it waits.
 */
import { type Clock, isoOf } from '../shared/clock.ts';
import type { ReleaseConfig, ReleasePolicy } from '../shared/config.ts';
import type { Executions, Log, Pager, Settings } from '../shared/ports.ts';
import type {
  Candidate,
  Chronicle,
  ComputeEnvironment,
  ForwardWeights,
  Images,
  ReleaseState,
  Releases,
  Revocations,
  SigningView,
} from '../shared/release-ports.ts';
import { fitsWildcard } from '../shared/wildcard.ts';
import { type Admission, type AdmissionFacts, decideAdmission, liveColour, platformDigest } from './decide.ts';
import { endMessage } from './messages.ts';
import { note } from './note.ts';
import { executionName, requestFor } from './request.ts';
import { objectionToSchema, schemaOf } from './schema.ts';
import { judgeSignatures } from './signatures.ts';

export interface AdmissionPorts {
  readonly releases: Releases;
  readonly images: Images;
  readonly revocations: Revocations;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: Pick<ComputeEnvironment, 'declared'>;
  readonly settings: Pick<Settings, 'read'>;
  readonly executions: Pick<Executions, 'start'>;
  readonly chronicle: Chronicle;
  readonly pager: Pager;
  readonly config: ReleaseConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The candidate of this state. Nothing happens without one, or while its own release is under way. `again`: also when an
 * execution was started for it before.
 */
export async function consider(
  ports: AdmissionPorts,
  state: ReleaseState,
  again = false,
): Promise<Admission['action'] | 'none'> {
  const { releases, executions, config, clock, log } = ports;
  const { candidate, lease } = state;
  if (!candidate || lease?.releaseId === candidate.id) return 'none';
  const facts = await gather(ports, state, candidate);
  const admission = decideAdmission(facts);
  log.info(`admission: ${admission.action}`, { candidate: candidate.id, reasons: admission.reasons });
  switch (admission.action) {
    case 'go': {
      if (!facts.image) return 'none';
      const { digest, reasons } = admission;
      const { id, tag, by, requestedAt } = candidate;
      await note(ports, id, 'requested', { digest, index: candidate.digest, tag, by, requestedAt, evidence: reasons });
      const found = { image: facts.image, digest, fence: state.fence };
      const name = executionName(id, state.fence);
      const request = requestFor(candidate, found, config.policy);
      // One of this fence has ended, and there is no lease: it died before it could take one. A name for each minute.
      if ((await executions.start(name, request)) === 'known' && again) {
        await executions.start(`${name}-${Math.floor(clock.now() / 60_000)}`, request);
      }
      break;
    }
    case 'wait':
      if (admission.ready && !candidate.ready) await releases.ready(candidate.id);
      break;
    case 'refuse': {
      const { id, digest } = candidate;
      const { reasons } = admission;
      if (!admission.quietly) {
        await note(ports, id, 'refused', { digest, reasons, at: isoOf(clock.now()) });
        const { subject, message } = endMessage(config, { outcome: 'refused', releaseId: id, digest, reasons });
        await ports.pager.tell(subject, message);
      }
      await releases.drop(id);
    }
  }
  return admission.action;
}

/** What cannot be read is null, and null is waited for. */
async function gather(ports: AdmissionPorts, state: ReleaseState, candidate: Candidate): Promise<AdmissionFacts> {
  const { images, releases, settings, config, clock, log } = ports;
  const { policy, platform } = config;
  const orNull = async <T>(what: string, answer: Promise<T>): Promise<T | null> => {
    try {
      return await answer;
    } catch (error) {
      log.warn(`${what} cannot be read`, { error: String(error) });
      return null;
    }
  };
  const image = await orNull('the image', images.find(candidate.digest));
  const digest = image && platformDigest(image, platform);
  const [scan, signing, signatures, liveDigest, quarantined, deployments] = await Promise.all([
    digest && orNull('the scan', images.scan(digest)),
    digest && orNull('the signing', images.signing(digest)),
    digest && orNull('the signature', judgeSignatures(ports, digest, policy, clock.now())),
    liveDigestOf(ports, state),
    digest ? releases.quarantined(digest) : null,
    orNull('the freeze', settings.read('deployments')),
  ]);
  return {
    now: clock.now(),
    candidate,
    state,
    platform,
    image,
    scan: scan || null,
    signing: signing ? signing.map((each) => ({ ...each, trusted: isTrusted(policy, each) })) : null,
    signatures: signatures || null,
    liveDigest,
    quarantined,
    schemaObjection: objectionToSchema(schemaOf(image?.labels ?? {}), state.live?.schema ?? null, state.schema),
    releaseTag: image?.tags.find((tag) => fitsWildcard(config.tagPattern, tag)) ?? null,
    frozen: deployments === null ? null : deployments.frozen,
    policy,
  };
}

/** Profiles are named by ARN; where only the account is known, * stands for the rest. */
export const isTrusted = ({ signingProfiles }: Pick<ReleasePolicy, 'signingProfiles'>, { profileArn }: SigningView) =>
  signingProfiles.some((one) => fitsWildcard(one, profileArn));

/** Before the first release made here, what runs was named by hand. */
async function liveDigestOf({ weights, compute }: AdmissionPorts, { live }: ReleaseState): Promise<string | null> {
  if (live) return live.digest;
  const colour = liveColour(await weights.read());
  return colour && compute.declared(colour);
}
