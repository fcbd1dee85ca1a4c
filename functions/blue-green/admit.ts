/**
 * Turns an event into a candidate, and sees at once whether it may be released. Started by: infra/wiring.ts "push", "scan"
 * and "request". The newest candidate wins; the same event twice is one.
 */
import * as z from 'zod';
import { ImagePush } from '../../events/image-push.ts';
import { ImageScan } from '../../events/image-scan.ts';
import { ReleaseRequest } from '../../events/release-request.ts';
import { admissionPorts } from '../shared/aws/admission.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Candidate } from '../shared/release-ports.ts';
import { type AdmissionPorts, consider } from './admission.ts';

const Envelope = z.object({ 'detail-type': z.string() });

type Admitted = { readonly candidate: string | null; readonly action: string };

export const makeAdmit =
  (ports: AdmissionPorts & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<Admitted> => {
    const { releases, config, log } = ports;
    const candidate = candidateOf(input, config);
    if (candidate === 'not ours') return { candidate: null, action: 'not ours' };
    // A scan that is over makes no candidate; one that waits for it is looked at again.
    if (candidate && !(await releases.propose(candidate)))
      log.info('an older or known candidate', { id: candidate.id });
    return { candidate: candidate?.id ?? null, action: await consider(ports, await releases.read()) };
  };

function candidateOf(input: unknown, config: ReleaseConfig): Candidate | null | 'not ours' {
  const kind = parse(Envelope, input, 'event')['detail-type'];
  if (kind === 'ECR Image Scan') {
    const { detail } = parse(ImageScan, input, 'event');
    return detail['repository-name'] === config.repository ? null : 'not ours';
  }
  if (kind === 'ECR Image Action') {
    const { id, time, detail } = parse(ImagePush, input, 'event');
    if (detail['repository-name'] !== config.repository) return 'not ours';
    const [digest, tag] = [detail['image-digest'], detail['image-tag']];
    const requestedAt = new Date(time).toISOString();
    return { id, kind: 'push', digest, tag, by: 'ECR', reason: `${tag} was pushed`, requestedAt, ready: false };
  }
  const { id, time, detail } = parse(ReleaseRequest, input, 'event');
  if (detail.application !== config.application) return 'not ours';
  const { kind: asked, digest, by, reason } = detail;
  return { id, kind: asked, digest, tag: null, by, reason, requestedAt: new Date(time).toISOString(), ready: false };
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: admissionPorts,
  make: makeAdmit,
});
