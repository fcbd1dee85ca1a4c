/**
 * What the local endpoint takes in at most, so that no request, however made, costs the process its memory or a place
 * for ever. AWS's own limits where AWS tells one; the others are this program's.
 */

export interface Limits {
  /** Request line and headers together. */
  readonly headerBytesMax: number;
  readonly headersMax: number;
  /** The request line's target. */
  readonly targetBytesMax: number;
  /** Of one request to S3; AWS takes 5 GB, a laptop's memory does not. */
  readonly objectBytesMax: number;
  /** Of one request to Lambda: a 50 MB package in base64 (Lambda quotas, "Deployment package (.zip)"). */
  readonly packageBytesMax: number;
  /** Of one request to any other service: 16 MB, DynamoDB's BatchWriteItem, is the largest that is documented. */
  readonly bodyBytesMax: number;
  /** Of all requests under way together. */
  readonly allBodiesBytesMax: number;
  /** Requests under way at once; those that wait for an answer that never comes count too. */
  readonly requestsMax: number;
  readonly connectionsMax: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersMsMax: number;
  /** From the first byte of a request to its last. */
  readonly requestMsMax: number;
  /** Between two pieces of a body. */
  readonly bodySilenceMsMax: number;
  /** How long a connection stays open whose request got lost on the simulated network. */
  readonly lostMsMax: number;
}

const MIB = 1024 * 1024;

export const defaultLimits: Limits = {
  headerBytesMax: 32 * 1024,
  headersMax: 200,
  targetBytesMax: 16 * 1024,
  objectBytesMax: 256 * MIB,
  packageBytesMax: 70 * MIB,
  bodyBytesMax: 16 * MIB,
  allBodiesBytesMax: 512 * MIB,
  requestsMax: 256,
  connectionsMax: 1024,
  headersMsMax: 10_000,
  requestMsMax: 300_000,
  bodySilenceMsMax: 20_000,
  lostMsMax: 300_000,
};

/** The longest body that a service's requests may have. */
export function bodyLimitOf(limits: Limits, service: string): number {
  if (service === 's3') return limits.objectBytesMax;
  return service === 'lambda' ? limits.packageBytesMax : limits.bodyBytesMax;
}
