/**
 * Address ranges of Route 53's health checkers: service ROUTE53_HEALTHCHECKS of AWS's published ip-ranges.json, as
 * known 2026-11-20. AWS adds ranges: compare before a deployment (docs/runbooks/region-failover.md, "Readiness").
 */
export const CHECKER_RANGES: readonly string[] = [
  '15.177.0.0/18',
  '54.183.255.128/26',
  '54.228.16.0/26',
  '54.232.40.64/26',
  '54.241.32.64/26',
  '54.243.31.192/26',
  '54.244.52.192/26',
  '54.245.168.0/26',
  '54.248.220.0/26',
  '54.250.253.192/26',
  '54.251.31.128/26',
  '54.252.79.128/26',
  '54.252.254.192/26',
  '54.255.254.192/26',
  '107.23.255.0/26',
  '176.34.159.192/26',
  '177.71.207.128/26',
];
