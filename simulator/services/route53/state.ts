/**
 * Route 53 as plain data: what its control plane in us-east-1 holds, and apart from it what the data plane everywhere has
 * been given: published records, the checkers' observations, and the statuses that DNS answers by.
 */
import type { ChangeStatus, HealthCheckConfig, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../../errors.ts';
import type { Place } from '../../faults.ts';
import type { Context } from '../../service.ts';
import type { CheckerRegion } from './checker-ranges.ts';

export interface Zone {
  readonly id: string;
  /** With a final dot. */
  readonly name: string;
  readonly callerReference: string;
  comment: string | undefined;
  readonly nameServers: string[];
  records: ResourceRecordSet[];
  /** When the latest change will have been published: changes never overtake each other. */
  inSyncAt: number;
}

export interface HealthCheckRecord {
  readonly id: string;
  readonly callerReference: string;
  version: number;
  config: HealthCheckConfig;
}

/** What one checker region has seen of one endpoint. */
export interface Observation {
  healthy: boolean;
  /** In a row. */
  passes: number;
  failures: number;
  /** HTTP status of the last answer; undefined when none came in time. */
  status: number | undefined;
  at: number;
}

/** A health check's status on its way from the checkers to DNS answers. */
export interface CheckStatus {
  /** What the checkers together say of the endpoint; not inverted. Meaningless for calculated checks. */
  endpointHealthy: boolean;
  /** Whether an `aggregate` timer is on its way. */
  aggregating: boolean;
  healthy: boolean;
  /** The status that DNS answers by. */
  published: boolean;
}

export interface DataPlane {
  /** By zone name, with a final dot. */
  readonly zones: Record<string, { readonly byName: Record<string, ResourceRecordSet[]> }>;
  readonly checks: Record<string, CheckStatus>;
  readonly observations: Record<string, Partial<Record<CheckerRegion, Observation>>>;
  /** `<region>/<interval>` of the checkers that are at work → the seed that drew their phase. */
  readonly checkers: Record<string, number>;
  /** Requests of checkers that have not been answered. */
  readonly pending: Record<number, true>;
  nextRequest: number;
}

export interface Route53State {
  readonly zones: Record<string, Zone>;
  readonly healthChecks: Record<string, HealthCheckRecord>;
  readonly changes: Record<
    string,
    { status: ChangeStatus; readonly submittedAt: number; readonly comment: string | undefined }
  >;
  readonly dataPlane: DataPlane;
}

export const initialRoute53State = (): Route53State => ({
  zones: {},
  healthChecks: {},
  changes: {},
  dataPlane: { zones: {}, checks: {}, observations: {}, checkers: {}, pending: {}, nextRequest: 1 },
});

/** Where DNS answers are given and checkers' reports are put together: outside every region, so no region's loss stops it. */
export const edge: Place = 'internet';

/** A timer of the data plane: it waits for its place, not for us-east-1. */
export function scheduleAt(
  context: Context<Route53State>,
  place: Place,
  name: string,
  afterMs: number,
  data: unknown,
): void {
  context.cloud.clock.schedule({
    at: context.now + Math.round(afterMs),
    region: place,
    service: 'route53',
    name,
    data,
  });
}

/** 'Z…' from 'Z…' or '/hostedzone/Z…', as clients send either. */
export const bareId = (id: string | undefined): string => (id ?? '').split('/').at(-1) ?? '';

export function zoneById(state: Route53State, id: string | undefined): Zone {
  const zone = state.zones[bareId(id)];
  if (zone) return zone;
  throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${bareId(id)}`);
}

export function healthCheckById(state: Route53State, id: string | undefined): HealthCheckRecord {
  const check = state.healthChecks[bareId(id)];
  if (check) return check;
  throw new AwsError('NoSuchHealthCheck', `A health check with id ${bareId(id)} does not exist.`);
}

/** Lower case with a final dot. */
export const normalizedName = (name: string): string => {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
};
