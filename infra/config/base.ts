/** What all environments share; each environment's file says what differs. */
import type { Configuration } from './schema.ts';

export const base = {
  application: 'orders',
  owner: 'platform-team',
  costCenter: 'platform',
  regions: { serving: ['us-west-2', 'us-east-2'], witness: 'us-east-1' },
  network: { cidrs: ['10.0.0.0/16', '10.1.0.0/16'], azCount: 3, natGateways: 1 },
  data: {
    engine: 'documentdb',
    engineVersion: '5.0.0',
    // Global clusters are not offered on db.t3 and db.t4g.
    instanceClass: 'db.r6g.large',
    instances: 1,
    retentionDays: 7,
  },
  alb: {
    healthPath: '/ready',
    healthIntervalSeconds: 10,
    healthyCount: 2,
    unhealthyCount: 2,
    deregistrationSeconds: 300,
    // A client that keeps its colour would also keep a bad one through a rollback.
    stickySeconds: 0,
  },
  app: { port: 3000 },
  recovery: {
    tier: 'critical',
    dwellSeconds: 60,
    observationAgeSecondsMax: 30,
    lagSecondsMax: 300,
    cooldownSeconds: 1800,
    minimumCapacityPercent: 100,
    probes: 3,
    decisionSecondsMax: 3600,
    leaseSeconds: 30,
    driftSeconds: 1,
    longestWriteSeconds: 5,
  },
  release: {
    mode: 'weighted',
    steps: [10, 50, 100],
    stepSeconds: 180,
    stepSecondsMax: 900,
    bakeSeconds: 900,
    bakeSecondsMax: 2700,
    retainHours: 24,
    errorPercentMax: 1,
    p95SecondsMax: 2,
    requestsMin: 300,
    healthyLooks: 3,
    evidenceSecondsMax: 900,
    approval: false,
    approvalSecondsMax: 14_400,
    pauseSecondsMax: 7200,
    secondPush: 'supersede',
    // A version with at least two dots; nothing else that is pushed is a release.
    tagPattern: '*.*.*',
    smokePaths: ['/health', '/ready'],
    alarms: [],
    // "AWS Signer Code Signing Root CA G1", valid until 2122: the end of the chain of every signature of AWS Signer outside
    // GovCloud. As `notation inspect` shows it in AWS's own EKS and ECS guides; not compared with the file that AWS offers
    // (AWS Signer Developer Guide, "Prerequisites for signing container images"): do so before the first deployment.
    signingRoots: ['90a87d0543c3f094dbff9589b6649affe2f3d6e0f308799be2258461c686473f'],
  },
  operationsEmail: 'operations@example.com',
} satisfies Partial<Configuration>;
