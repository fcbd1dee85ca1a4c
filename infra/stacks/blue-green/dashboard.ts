/** How delivery goes (req E5): what `export` measures by the record, and what the load balancer says of both colours. */
import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, Metric, SingleValueWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { COLOURS } from '../../names.ts';
import type { Place } from '../region-failover/settings.ts';
import type { ReleaseParts } from './settings.ts';

/** Names as functions/blue-green/dora.ts has them, with a capital. */
const FIGURES = [
  'DeploymentsPerDay',
  'LeadTimeSeconds',
  'ChangeFailureRate',
  'FailedDeploymentRecoverySeconds',
  'ReworkRate',
  'CaughtBeforeUsers',
];

export function deliveryDashboard(scope: Construct, { names, region }: Place, parts: ReleaseParts): void {
  const figure = (metricName: string) =>
    new Metric({
      namespace: 'Mainstay',
      metricName,
      dimensionsMap: { service: 'blue-green', application: names.prefix },
      statistic: 'Maximum',
      period: Duration.days(1),
    });
  const ofColour = (metricName: string, statistic: string) =>
    COLOURS.map(
      (colour) =>
        new Metric({
          namespace: 'AWS/ApplicationELB',
          metricName,
          dimensionsMap: {
            TargetGroup: parts.targetGroupFullNames[colour],
            LoadBalancer: parts.loadBalancerFullName,
          },
          statistic,
          period: Duration.minutes(1),
          label: colour,
        }),
    );
  new Dashboard(scope, 'Delivery', {
    dashboardName: `${names.prefix}-delivery-${region}`,
    widgets: [
      [new SingleValueWidget({ title: 'Delivery, last 30 days', metrics: FIGURES.map(figure), width: 24 })],
      [
        new GraphWidget({ title: 'Requests', left: ofColour('RequestCount', 'Sum'), width: 8 }),
        new GraphWidget({ title: 'Answers 5xx', left: ofColour('HTTPCode_Target_5XX_Count', 'Sum'), width: 8 }),
        new GraphWidget({ title: 'p95, seconds', left: ofColour('TargetResponseTime', 'p95'), width: 8 }),
      ],
    ],
  });
}
