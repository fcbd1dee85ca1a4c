/**
 * Proves the move the way a user would: one document written, read and deleted under the public name. Started by: the
 * state "Verify by writing", until enough probes in a row were good. When they are, the witness's clock is read and the
 * moment noted, so that it outlives this execution.
 */
import * as z from 'zod';
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { dynamoRecords } from '../shared/aws/failover-table.ts';
import { s3WitnessClock } from '../shared/aws/s3.ts';
import { isoOf } from '../shared/clock.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Proof, Records, Web, WitnessClock } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { MoveSchema, requireClaim } from './move.ts';
import { writeReadDelete } from './probe.ts';

const VerifyInput = z.object({ move: MoveSchema, consecutive: z.number().int().nonnegative() });

export interface Verified {
  readonly passed: boolean;
  readonly consecutive: number;
  readonly detail: string;
  readonly verifiedAt: Proof['verifiedAt'] | null;
  readonly witness: Proof['witness'];
}

interface VerifyPorts {
  readonly authority: Authority;
  readonly records: Pick<Records, 'noteProof'>;
  readonly web: Web;
  readonly witness: WitnessClock;
}

export const makeVerify =
  ({ authority, records, web, witness, config, clock }: VerifyPorts & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<Verified> => {
    const { move, consecutive: before } = parse(VerifyInput, input);
    await requireClaim(authority, move, 'active');
    const { ok, detail } = await writeReadDelete(web, {
      origin: `https://${config.domain}`,
      id: `probe-${move.epoch}-${clock.now()}`,
      region: move.target,
      epoch: move.epoch,
    });
    const consecutive = ok ? before + 1 : 0;
    if (consecutive < config.policy.probes) {
      return { passed: false, consecutive, detail, verifiedAt: null, witness: null };
    }
    const verifiedAt = isoOf(clock.now());
    const at = await witness.stamp();
    const proof = { verifiedAt, witness: at ? { at, localAt: isoOf(clock.now()) } : null };
    return { passed: true, consecutive, detail, ...(await records.noteProof(move.epoch, proof)) };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config, clock) => ({
    authority: dynamoAuthority(config),
    records: dynamoRecords(config),
    web: fetchWeb(clock),
    witness: s3WitnessClock(config),
  }),
  make: makeVerify,
});
