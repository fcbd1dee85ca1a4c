/** The traffic latch and the witness's clock: small objects in one bucket per region, each reached in its own region. */
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Latch, WitnessClock } from '../ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

interface Place {
  readonly region: string;
  readonly witnessRegion: string;
  readonly latchBuckets: Readonly<Record<string, string>>;
  readonly latchKey: string;
}

const clientsOf = () => {
  const clients = new Map<string, S3Client>();
  return (region: string): S3Client => {
    const client = clients.get(region) ?? new S3Client(clientOptions(region));
    clients.set(region, client);
    return client;
  };
};

export function s3Latch({ latchBuckets, latchKey }: Place): Latch {
  const clientIn = clientsOf();
  const at = (region: string) => ({ Bucket: latchBuckets[region], Key: latchKey });
  return {
    async isMoved(region) {
      try {
        await call(`reading the latch in ${region}`, clientIn(region).send(new HeadObjectCommand(at(region))));
        return true;
      } catch (error) {
        if (!isNamed(error, 'NotFound')) throw error;
        return false;
      }
    },
    async set(region, moved) {
      const client = clientIn(region);
      const change = moved
        ? client.send(new PutObjectCommand({ ...at(region), Body: 'moved\n', ContentType: 'text/plain' }))
        : client.send(new DeleteObjectCommand(at(region)));
      await call(`setting the latch in ${region}`, change);
    },
  };
}

/** S3 dates an object by the clock of its region: written here, read back as the witness's time. */
export function s3WitnessClock({ region, witnessRegion, latchBuckets }: Place): WitnessClock {
  const client = new S3Client(clientOptions(witnessRegion));
  const at = { Bucket: latchBuckets[witnessRegion], Key: `clock/${region}` };
  return {
    async stamp() {
      try {
        await client.send(new PutObjectCommand({ ...at, Body: '' }));
        const { LastModified } = await client.send(new HeadObjectCommand(at));
        return LastModified?.toISOString() ?? null;
      } catch {
        // The witness only measures; what it cannot say stays unknown and must not stop a failover.
        return null;
      }
    },
  };
}
