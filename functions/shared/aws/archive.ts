/** Entries of the record as objects of a bucket whose default retention nobody can shorten (S3 Object Lock). */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { canonical } from '../chain.ts';
import type { Archive } from '../release-ports.ts';
import { call, clientOptions } from './client.ts';

export function s3Archive({
  region,
  recordsBucket,
}: {
  readonly region: string;
  readonly recordsBucket: string;
}): Archive {
  const client = new S3Client(clientOptions(region));
  return {
    async put(entry) {
      const name = `releases/${String(entry.sequence).padStart(10, '0')}-${entry.hash.slice(0, 16)}.json`;
      const command = new PutObjectCommand({
        Bucket: recordsBucket,
        Key: name,
        Body: `${canonical(entry)}\n`,
        ContentType: 'application/json',
      });
      await call(`exporting ${name}`, client.send(command));
    },
  };
}
