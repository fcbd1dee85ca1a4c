/**
 * Health as Route 53 reckons it, without time: the checkers' vote, inverting, disabling, calculated checks. Pure.
 * Rules: Route 53 guide, "How Amazon Route 53 determines whether a health check is healthy"; API HealthCheckConfig.
 */
import type { HealthCheckConfig } from '@aws-sdk/client-route-53';

/** An endpoint is healthy when more than 18 % of the checkers that report say so; undefined when none reports. */
export function vote(healthyReports: number, reports: number): boolean | undefined {
  return reports === 0 ? undefined : healthyReports / reports > 0.18;
}

/**
 * The status of a check.
 * @param endpointHealthy the checkers' verdict, for a check of an endpoint
 * @param childHealthy the status of another check, for a calculated one
 */
export function statusOf(
  config: HealthCheckConfig,
  endpointHealthy: boolean,
  childHealthy: (id: string) => boolean,
): boolean {
  const plain = config.Disabled === true || plainStatus(config, endpointHealthy, childHealthy);
  return config.Inverted === true ? !plain : plain;
}

function plainStatus(
  config: HealthCheckConfig,
  endpointHealthy: boolean,
  childHealthy: (id: string) => boolean,
): boolean {
  if (config.Type !== 'CALCULATED') return endpointHealthy;
  // A threshold of 0 is always met, one above the number of children never.
  return (config.ChildHealthChecks ?? []).filter(childHealthy).length >= (config.HealthThreshold ?? 0);
}
