/** The metric that target tracking by requests goes by; for groups and for services of ECS alike. */

/** Members of an alarm on it; undefined for a label that is not 'app/<name>/<id>/targetgroup/<name>/<id>'. */
export function balancerMetric(label: string | undefined): object | undefined {
  const [, balancer, group] = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/.+)$/.exec(label ?? '') ?? [];
  if (balancer === undefined) return undefined;
  const Dimensions = [
    { Name: 'LoadBalancer', Value: balancer },
    { Name: 'TargetGroup', Value: group },
  ];
  return {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCountPerTarget',
    Dimensions,
    Statistic: 'Sum',
    Period: 60,
  };
}
