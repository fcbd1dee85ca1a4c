/** Stands for S3's anonymous reads and for the network in tests: what the health checkers find outside Route 53. */
import type { Cloud } from '../../../simulator/cloud.ts';

interface Outside {
  /** Bucket → whether its object is there. */
  objects: Record<string, boolean>;
  /** Host → HTTP status, 'never' for no answer. */
  hosts: Record<string, number | 'never'>;
  asked: { bucket: string; from: string; sourceIp: string; at: number }[];
}

const fresh = (): Outside => ({ objects: {}, hosts: {}, asked: [] });

/** One for each test file, as vitest gives each its own modules. */
export const outside: Outside = fresh();

export const resetOutside = (): void => {
  Object.assign(outside, fresh());
};

/** Members of simulator/services/s3/anonymous.ts. */
export const anonymous = {
  anonymousGet: (cloud: Cloud, { bucket, from, sourceIp }: { bucket: string; from: string; sourceIp: string }) => {
    outside.asked.push({ bucket, from, sourceIp, at: cloud.now });
    return { status: outside.objects[bucket] ? 200 : 403 };
  },
};

/** Members of simulator/runtime/network.ts. */
export const network = {
  networkOf: () => ({
    send: ({ url }: { url: URL }) => {
      const answer = outside.hosts[url.hostname] ?? 'never';
      return answer === 'never' ? new Promise(() => {}) : Promise.resolve({ status: answer });
    },
  }),
};
