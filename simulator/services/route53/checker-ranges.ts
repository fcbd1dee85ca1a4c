/**
 * Where Route 53's health checkers ask from: published IPv4 ranges (ip-ranges.json, service ROUTE53_HEALTHCHECKS, as of
 * 2026-11). Used by the simulated checkers for their source address and by templates for bucket policies.
 */

/** Checker regions in the order of the API reference (HealthCheckRegion), each with its own ranges. */
export const checkerRanges = {
  'us-east-1': ['54.243.31.192/26', '107.23.255.0/26'],
  'us-west-1': ['54.183.255.128/26', '54.241.32.64/26'],
  'us-west-2': ['54.244.52.192/26', '54.245.168.0/26'],
  'eu-west-1': ['54.228.16.0/26', '176.34.159.192/26'],
  'ap-southeast-1': ['54.251.31.128/26', '54.255.254.192/26'],
  'ap-southeast-2': ['54.252.79.128/26', '54.252.254.192/26'],
  'ap-northeast-1': ['54.248.220.0/26', '54.250.253.192/26'],
  'sa-east-1': ['54.232.40.64/26', '177.71.207.128/26'],
} as const satisfies Record<string, readonly string[]>;

export type CheckerRegion = keyof typeof checkerRanges;

export const checkerRegions = Object.keys(checkerRanges) as CheckerRegion[];

/** A range that several regions share. */
export const globalCheckerRange = '15.177.0.0/18';

/** Everything a bucket policy or a security group must admit. */
export const allCheckerRanges: readonly string[] = [globalCheckerRange, ...Object.values(checkerRanges).flat()];

/** The address that a region's simulated checker uses: the first usable one of its first range. */
export const checkerAddress = (region: CheckerRegion): string => addresses[region];

const addresses = Object.fromEntries(
  checkerRegions.map((region) => {
    const octets = checkerRanges[region][0].split('/')[0]?.split('.').map(Number) ?? [];
    return [region, [...octets.slice(0, 3), (octets[3] ?? 0) + 1].join('.')];
  }),
) as Record<CheckerRegion, string>;
