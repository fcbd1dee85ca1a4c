/** Health checks in Route 53's control plane: created, changed and read in us-east-1; carried out by checkers.ts. */
import type { HealthCheck, HealthCheckConfig } from '@aws-sdk/client-route-53';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { checkerAddress, checkerRegions } from './checker-ranges.ts';
import { adoptCheck, passes } from './checkers.ts';
import { type HealthCheckRecord, healthCheckById, type Observation, type Route53State } from './state.ts';

type R53Context = Context<Route53State>;
type Route53 = Clients['route53'];

/** @throws AwsError HealthCheckAlreadyExists, InvalidInput */
export function createHealthCheck(
  input: Input<Route53, 'CreateHealthCheck'>,
  context: R53Context,
): Output<Route53, 'CreateHealthCheck'> {
  const { state, random } = context;
  const config = input.HealthCheckConfig;
  if (!config) throw new AwsError('InvalidInput', 'A health check needs a configuration');
  const same = Object.values(state.healthChecks).find((check) => check.callerReference === input.CallerReference);
  if (same && JSON.stringify(same.config) !== JSON.stringify(config)) {
    throw new AwsError(
      'HealthCheckAlreadyExists',
      'A health check with this caller reference and other settings exists.',
    );
  }
  const check = same ?? { id: random.uuid(), callerReference: input.CallerReference ?? '', version: 1, config };
  if (!same) {
    validate(config, state);
    state.healthChecks[check.id] = check;
    adoptCheck(context, check);
  }
  return { HealthCheck: describe(check), Location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${check.id}` };
}

const invalid = (message: string): AwsError => new AwsError('InvalidInput', message);

function validate(config: HealthCheckConfig, state: Route53State): void {
  const { Type: type, RequestInterval: interval = 30, FailureThreshold: threshold = 3 } = config;
  if (type === 'CALCULATED') {
    const children = config.ChildHealthChecks ?? [];
    if (config.HealthThreshold === undefined) throw invalid('A calculated health check needs a HealthThreshold');
    if (config.HealthThreshold < 0 || config.HealthThreshold > 256) throw invalid('HealthThreshold must be 0 to 256');
    if (children.length > 255) throw invalid('A calculated health check has at most 255 children');
    for (const child of children)
      if (!state.healthChecks[child]) throw invalid(`Child health check ${child} not found`);
    if (config.Port !== undefined || config.IPAddress !== undefined)
      throw invalid('A calculated check has no endpoint');
    return;
  }
  if (type !== 'HTTP' && type !== 'HTTPS')
    throw new NotModelled(`route53: health checks of type '${type}' are not modelled`);
  if (config.FullyQualifiedDomainName === undefined && config.IPAddress === undefined) {
    throw invalid('A health check needs an IP address or a domain name');
  }
  if (interval !== 10 && interval !== 30) throw invalid(`RequestInterval ${interval} must be 10 or 30 seconds`);
  if (threshold < 1 || threshold > 10) throw invalid(`FailureThreshold ${threshold} must be between 1 and 10`);
  const { Regions: regions } = config;
  if (regions?.length && regions.length < 3) throw invalid('At least three checker regions are needed');
  const unknown = regions?.find((region) => !checkerRegions.some((known) => known === region));
  if (unknown !== undefined) throw invalid(`There are no health checkers in ${unknown}`);
}

const describe = (check: HealthCheckRecord): HealthCheck => ({
  Id: check.id,
  CallerReference: check.callerReference,
  HealthCheckConfig: check.config,
  HealthCheckVersion: check.version,
});

export function getHealthCheck(
  input: Input<Route53, 'GetHealthCheck'>,
  context: R53Context,
): Output<Route53, 'GetHealthCheck'> {
  return { HealthCheck: describe(healthCheckById(context.state, input.HealthCheckId)) };
}

export function listHealthChecks(
  _input: Input<Route53, 'ListHealthChecks'>,
  context: R53Context,
): Output<Route53, 'ListHealthChecks'> {
  const checks = Object.values(context.state.healthChecks);
  return { HealthChecks: checks.map(describe), Marker: '', IsTruncated: false, MaxItems: 1000 };
}

/** Left-out members keep their values. @throws AwsError HealthCheckVersionMismatch, InvalidInput, NoSuchHealthCheck */
export function updateHealthCheck(
  input: Input<Route53, 'UpdateHealthCheck'>,
  context: R53Context,
): Output<Route53, 'UpdateHealthCheck'> {
  const check = healthCheckById(context.state, input.HealthCheckId);
  const { HealthCheckId: _, HealthCheckVersion: version, ResetElements: reset = [], ...changes } = input;
  if (version !== undefined && version !== check.version) {
    throw new AwsError(
      'HealthCheckVersionMismatch',
      `The health check is at version ${check.version}, not ${version}.`,
    );
  }
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const config: HealthCheckConfig = { ...check.config, ...given };
  for (const name of reset) delete config[name as keyof HealthCheckConfig];
  validate(config, context.state);
  check.config = config;
  check.version++;
  adoptCheck(context, check);
  return { HealthCheck: describe(check) };
}

/** What each checker saw last; checks that watch no endpoint have nothing to tell. @throws AwsError InvalidInput */
export function getHealthCheckStatus(
  input: Input<Route53, 'GetHealthCheckStatus'>,
  context: R53Context,
): Output<Route53, 'GetHealthCheckStatus'> {
  const check = healthCheckById(context.state, input.HealthCheckId);
  if (check.config.Type === 'CALCULATED') throw invalid('The status of a calculated health check cannot be asked for');
  const seen = context.state.dataPlane.observations[check.id] ?? {};
  return {
    HealthCheckObservations: checkerRegions.flatMap((Region) => {
      const observation = seen[Region];
      if (!observation) return [];
      const StatusReport = { Status: told(observation), CheckedTime: new Date(observation.at) };
      return [{ Region, IPAddress: checkerAddress(Region), StatusReport }];
    }),
  };
}

function told({ status }: Observation): string {
  if (status === undefined) {
    return 'Failure: Connection timed out. The endpoint or the internet connection is down, or requests are being blocked.';
  }
  return `${passes(status) ? 'Success' : 'Failure'}: HTTP Status Code ${status}`;
}
