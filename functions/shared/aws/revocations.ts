/**
 * Whether a signature was revoked, by the Signer of the region whose profile made it: its profile version, its job or one
 * of its certificates (AWS Signer API Reference, GetRevocationStatus; asked as aws-signer-notation-plugin asks).
 */
import { GetRevocationStatusCommand, SignerClient } from '@aws-sdk/client-signer';
import { DependencyNotReady } from '../errors.ts';
import type { Revocations } from '../release-ports.ts';
import { call, clientOptions } from './client.ts';

const PLATFORM = 'Notation-OCI-SHA384-ECDSA';

export function signerRevocations({ servingRegions }: { readonly servingRegions: readonly string[] }): Revocations {
  const clients = new Map(servingRegions.map((region) => [region, new SignerClient(clientOptions(region))]));
  return {
    async revoked({ profileVersionArn, jobArn, signedAt, certificateHashes }) {
      const region = profileVersionArn.split(':')[3] ?? '';
      const client = clients.get(region);
      if (!client) throw new DependencyNotReady(`${profileVersionArn} is of a region where Signer is not asked`);
      const command = new GetRevocationStatusCommand({
        platformId: PLATFORM,
        profileVersionArn,
        jobArn,
        signatureTimestamp: new Date(signedAt),
        certificateHashes: [...certificateHashes],
      });
      const { revokedEntities = [] } = await call('asking for the revocation', client.send(command));
      return revokedEntities;
    },
  };
}
