/** A failover that went as it should, as a drill would have seen it, for tests that break one thing about it. */
import type { Authority, Evidence, RegionSample } from '../../console/drills/region-failover/evidence.ts';

export const A = 'us-west-2';
export const B = 'us-east-2';
export const W = 'us-east-1';
export const ARN = 'arn:aws:states:us-east-2:1:execution:m:one';

/** Of the environments as they are shipped, in round numbers. */
export const POLICY: Evidence['policy'] = {
  serving: [A, B],
  witness: W,
  domain: 'orders.example.com',
  dwellSeconds: 60,
  lagSecondsMax: 300,
  cooldownSeconds: 1800,
  leaseSeconds: 30,
  driftSeconds: 1,
  longestWriteSeconds: 5,
  probes: 3,
  capacityFloor: 2,
};

export const version = (t: number, change: Partial<Authority>): Authority => ({
  t,
  epoch: 1,
  holder: A,
  counter: 5,
  phase: 'active',
  automation: 'on',
  movedAt: null,
  claim: null,
  ...change,
});
export const claim = { executionArn: ARN, target: B, by: 'alarm', person: false, acceptedLossSeconds: 0, approved: [] };
export const region = (change: Partial<RegionSample> = {}): RegionSample => ({
  lost: false,
  healthyTargets: 2,
  writable: false,
  clusterStatus: 'available',
  databaseEpoch: 1,
  consumersEpoch: 1,
  deploymentsFrozen: false,
  moved: false,
  ...change,
});
export const write = (t: number, place: string, epoch: number) => ({
  t,
  region: place,
  epoch,
  id: `w${t}`,
  kind: 'user',
  instance: 'i-1',
});
export const probe = (
  t: number,
  from: string,
  host: string,
  ok: boolean,
  kind: 'read' | 'write' = 'read',
  by: string | null = null,
) => ({
  t,
  kind,
  who: 'probe' as const,
  from,
  host,
  ok,
  region: by,
  epoch: null,
  seconds: 1,
});
export const call = (
  t: number,
  operation: string,
  input: Record<string, unknown>,
  change: Partial<Evidence['calls'][number]> = {},
) => ({
  t,
  region: B,
  from: B,
  service: 's3',
  operation,
  input,
  by: 'mainstay',
  error: null,
  resent: false,
  misled: false,
  ...change,
});

/** A failover that went as it should: fault at 100, promoted at 200, writes again at 300. */
export function clean(): Evidence {
  const failing = Array.from({ length: 14 }, (_, i) =>
    [W, B].map((from) => probe(100 + i * 10, from, `${A}.orders.example.com`, false)),
  ).flat();
  const verified = [310, 320, 330].map((t) => probe(t, B, 'orders.example.com', true, 'write', B));
  const user = (t: number, ok: boolean) => ({
    ...probe(t, 'internet', 'orders.example.com', ok, 'write', ok ? B : null),
    who: 'user' as const,
  });
  return {
    policy: POLICY,
    writes: [write(90, A, 1), write(99, A, 1), write(300, B, 2)],
    requests: [...failing, user(105, false), user(290, false), user(301, true), ...verified].sort((a, b) => a.t - b.t),
    jobs: [
      { t: 80, region: A, epoch: 1 },
      { t: 320, region: B, epoch: 2 },
    ],
    authority: [
      version(0, { counter: 4 }),
      version(98, {}),
      version(190, { phase: 'fencing', claim }),
      version(199, { epoch: 2, holder: B, phase: 'promoting', claim }),
      version(290, { epoch: 2, holder: B, claim }),
      version(340, { epoch: 2, holder: B, movedAt: 340 }),
    ],
    samples: [
      { t: 0, regions: { [A]: region({ writable: true }), [B]: region() } },
      { t: 260, regions: { [A]: region({ lost: true }), [B]: region({ writable: true, databaseEpoch: 2 }) } },
    ],
    calls: [
      call(200, 'FailoverGlobalCluster', {}, { service: 'rds' }),
      call(270, 'PutParameter', { Name: '/orders-prod/database', Value: '{"epoch":2}' }, { service: 'ssm' }),
      call(295, 'PutObject', { Key: 'moved' }),
      call(296, 'PutObject', { Key: 'moved' }, { region: W }),
    ],
    promotions: [{ t: 200, region: B, lagSeconds: 1, tookEffect: true }],
    executions: [
      {
        arn: ARN,
        region: B,
        status: 'SUCCEEDED',
        from: 180,
        until: 345,
        steps: [],
        approved: [],
        input: { trigger: 'alarm', target: B },
        output: {
          outcome: 'moved',
          measures: { rtoSeconds: 200, rpoSeconds: 2, rpoSecondsMax: 34, explainedShare: 1 },
        },
      },
    ],
    messages: [],
    refusals: [],
    faultAt: 100,
    disturbedUntil: null,
    endedAt: 400,
  };
}
