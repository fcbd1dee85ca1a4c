/**
 * The `states` service: AWS Step Functions, Standard workflows, query language JSONata. Listed in
 * simulator/services/index.ts. Express workflows, JSONPath, Map, nested executions and aws-sdk tasks are refused by name;
 * log delivery and tracing are stored and have no effect.
 */
import { publishServiceEvent } from '../eventbridge/bus.ts';
import { publishServiceMetrics } from '../services/cloudwatch/metrics.ts';
import { defineStepFunctions } from './core.ts';
import { executionMetrics, NAMESPACE, type StatusDetail } from './metrics.ts';

export const stepFunctions = defineStepFunctions((context, { detail, resources }) => {
  publishServiceMetrics(context, NAMESPACE, executionMetrics(detail as unknown as StatusDetail));
  return publishServiceEvent(context, {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    detail,
    resources,
  });
});
