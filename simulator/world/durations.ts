/**
 * How long things take on AWS, in seconds: the only place with such numbers. Each draw names its source by the marks of
 * reference "region failover" §6.1: P first-party documentation, M measured and published, S secondary, E estimate.
 * Replace a prior by drill data where there is any.
 */
import type { Random } from '../random.ts';

/** EC2: from the launch call until the operating system answers. M: bare AMIs 22 to 29 s (mean 25.8). */
export const instanceBootSeconds = (random: Random): number => random.uniform(22, 29);

/**
 * From the operating system's start until the application listens (packages, image pull, process start). E on M: so
 * chosen that boot and start together follow "ASG → InService cold (bootstrap)", triangular(60, 120, 300).
 */
export const applicationStartSeconds = (random: Random): number => random.triangular(36, 94, 273);

/** EC2: from TerminateInstances until the instance is gone; the operating system shuts down meanwhile. E. */
export const instanceShutdownSeconds = (random: Random): number => random.uniform(30, 60);

/**
 * Auto Scaling: wait before the next launch after `failures` launches in a row failed in every zone. E: AWS documents
 * that it keeps trying, not how often; 30 s doubling up to 5 min.
 */
export const launchRetrySeconds = (random: Random, failures: number): number =>
  Math.min(30 * 2 ** Math.max(0, failures - 1), 300) * random.uniform(0.9, 1.1);

/** Auto Scaling: time between looks at the health of its instances. E. */
export const autoScalingHealthIntervalSeconds = 30;

/**
 * Application load balancer: from ModifyRule until one node goes by it, each node by itself. E: AWS publishes no figure; 1
 * to 10 s (reference "blue/green" §5.1), with a tail up to 60 s that the fault 'slow-rules' makes.
 */
export const rulePropagationSeconds = (random: Random): number => random.uniform(1, 10);

/** Application load balancer: from the end of a minute until its metrics can be read. E: 60 to 120 s. */
export const balancerMetricsSeconds = (random: Random): number => random.uniform(60, 120);

/** Fargate: from the start of a task until its container runs. M: 57 s mean (53 to 62) for 413 MB; log-normal, median 55 s. */
export function fargateStartSeconds(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return 55 * Math.exp(0.15 * normal);
}

/** ECS: from the decision to stop a task, without a load balancer, until SIGTERM; and from its end until STOPPED. E. */
export const taskStopSeconds = (random: Random): number => random.uniform(1, 5);

/** ECS: time between looks at the tasks of a service. E. */
export const ecsServiceIntervalSeconds = 10;

/** ECR: a basic scan on push. E: 10 to 120 s. */
export const imageScanSeconds = (random: Random): number => random.uniform(10, 120);

/** ECR: managed signing of one image. E: 2 to 20 s. */
export const imageSigningSeconds = (random: Random): number => random.uniform(2, 20);

/** ECR: replication of one image to another region. P: most within 30 minutes; E: mostly much sooner. */
export const imageReplicationSeconds = (random: Random): number => random.triangular(5, 30, 300);

/** DocumentDB global cluster, managed failover. P: about 1 min; E: the least and the tail. */
export const documentDbFailoverSecondsMin = 40;
export const documentDbFailoverSeconds = (random: Random): number =>
  random.triangular(documentDbFailoverSecondsMin, 60, 180);

/** DocumentDB global cluster, switchover. P: about 3 min, "up to several minutes". */
export const documentDbSwitchoverSeconds = (random: Random): number => random.triangular(90, 180, 420);

/** DocumentDB global cluster: how long the two clusters are verified (`pending`) before the operation starts. E. */
export const documentDbVerifySeconds = (random: Random): number => random.uniform(2, 6);

/** DocumentDB global cluster: the longest switchover before its primary gives up on a lost target. E. */
export const documentDbSwitchoverLimitSeconds = 600;

/** DocumentDB: from RemoveFromGlobalCluster until the detached cluster takes writes. P: under 1 min. */
export const documentDbDetachSeconds = (random: Random): number => random.triangular(20, 35, 60);

/** DocumentDB: how long after a cut-off region is reachable again until it learns who writes now. E. */
export const documentDbNoticeSeconds = (random: Random): number => random.uniform(2, 10);

/** DocumentDB: rebuilding the old primary as a secondary on a new volume. P: "minutes to hours" for secondaries; E. */
export const documentDbRejoinSeconds = (random: Random): number => random.triangular(300, 900, 3600);

/** Route 53: from the checkers' reports until the status of a health check changes. E: U(1, 10). */
export const healthAggregationSecondsMin = 1;
export const healthAggregationSeconds = (random: Random): number => random.uniform(healthAggregationSecondsMin, 10);

/** Route 53: from a health check's change of status until DNS answers show it. E: triangular(2, 10, 30). */
export const healthPropagationSecondsMin = 2;
export const healthPropagationSeconds = (random: Random): number =>
  random.triangular(healthPropagationSecondsMin, 10, 30);

/** Route 53: from ChangeResourceRecordSets until INSYNC. P: typically under 60 s. */
export const dnsChangeSeconds = (random: Random): number => random.triangular(10, 35, 60);

/** Route 53: the time a checker gives an endpoint: 4 s to connect, 2 s more to answer. P. */
export const healthCheckConnectSeconds = 4;
export const healthCheckAnswerSeconds = 2;

/**
 * How long a resolver that disregards times to live (1 to 5 % of them; M, anecdotal) holds an answer: log-normal, median
 * 570 s, 5th to 95th percentile 300 to 1080 s. M, anecdotal: tails of 5 to 18 min.
 */
export function staleResolverHoldSeconds(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return 570 * Math.exp(0.39 * normal);
}
