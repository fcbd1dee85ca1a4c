/** Embedded metric format: metrics read from log lines. Called by Lambda for each line a function prints. */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../cloud.ts';
import { storeMetrics } from './metrics.ts';
import type { CloudWatchState } from './state.ts';

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

interface MetricDefinition {
  readonly Name?: unknown;
  readonly Unit?: unknown;
  readonly StorageResolution?: unknown;
}

/**
 * Stores the metrics of one line. False when the line is not in the format, so that it is an ordinary log line. As on AWS,
 * a metric without a numeric target member is left out (CloudWatch user guide, "Embedded metric format specification").
 */
export function ingestEmbeddedMetrics(cloud: Cloud, region: string, line: string): boolean {
  const root = readRoot(line);
  if (!root) return false;
  const service = cloud.services.get('cloudwatch');
  if (!service) return false;
  const context = cloud.context<CloudWatchState>(service, region, { kind: 'service', principal: 'logs.amazonaws.com' });
  const timestamp = new Date(root.aws.Timestamp);
  for (const directive of root.aws.CloudWatchMetrics) {
    if (typeof directive.Namespace !== 'string') continue;
    storeMetrics(context, directive.Namespace, dataOf(directive, root.members, timestamp));
  }
  return true;
}

interface Root {
  readonly members: Readonly<Record<string, unknown>>;
  readonly aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly Directive[] };
}

function readRoot(line: string): Root | undefined {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return undefined;
  let members: unknown;
  try {
    members = JSON.parse(line);
  } catch {
    return undefined;
  }
  const aws = (members as { _aws?: Partial<Root['aws']> })._aws;
  if (typeof aws?.Timestamp !== 'number' || !Array.isArray(aws.CloudWatchMetrics)) return undefined;
  return { members: members as Root['members'], aws: aws as Root['aws'] };
}

/** Every metric under every dimension set of a directive. */
function dataOf(directive: Directive, members: Root['members'], timestamp: Date): MetricDatum[] {
  const sets = (Array.isArray(directive.Dimensions) ? directive.Dimensions : [[]]) as readonly unknown[];
  const definitions = (Array.isArray(directive.Metrics) ? directive.Metrics : []) as readonly MetricDefinition[];
  return sets.flatMap((set) => {
    const names = Array.isArray(set) ? set.filter((name): name is string => typeof name === 'string') : [];
    // A dimension whose member is missing makes the whole set void.
    if (names.some((name) => members[name] === undefined)) return [];
    const Dimensions = names.map((Name) => ({ Name, Value: String(members[Name]) }));
    return definitions.flatMap((definition): MetricDatum[] => {
      const MetricName = String(definition.Name);
      const value = members[MetricName];
      const Values = (Array.isArray(value) ? value : [value]).filter((item): item is number => Number.isFinite(item));
      if (Values.length === 0) return [];
      const StorageResolution = definition.StorageResolution === 1 ? 1 : 60;
      return [{ MetricName, Dimensions, Values, StorageResolution, Timestamp: timestamp }];
    });
  });
}
