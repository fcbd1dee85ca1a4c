/** Metrics through the log (embedded metric format), so that measuring needs no call that could fail. */
import { MetricResolution, Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Meter } from './ports.ts';

/** High resolution: the alarm on RegionFailing looks every ten seconds. The slug becomes the dimension `service`. */
export function powertoolsMeter(slug: string): Meter {
  const metrics = new Metrics({ namespace: 'Mainstay', serviceName: slug });
  return {
    put(name, value, dimensions) {
      const metric = metrics.singleMetric();
      metric.addDimensions({ ...dimensions });
      metric.addMetric(name, MetricUnit.Count, value, MetricResolution.High);
    },
  };
}
