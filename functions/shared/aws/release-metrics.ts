/**
 * What the load balancer counted, by colour and minute, and the states of alarms. Dimensions are made from the colours
 * that are asked for, on every call: colours alternate (blue-green/I16).
 */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { Colour, Minute, ReleaseMetrics } from '../release-ports.ts';
import { call, clientOptions } from './client.ts';

interface Place {
  readonly region: string;
  readonly loadBalancerArn: string;
  readonly colours: Readonly<Record<Colour, { readonly targetGroupArn: string }>>;
}

const COLOURS = ['blue', 'green'] as const;
const SUM = 'Sum';

export function cloudWatchReleaseMetrics({ region, loadBalancerArn, colours }: Place): ReleaseMetrics {
  const client = new CloudWatchClient(clientOptions(region));
  const balancer = { Name: 'LoadBalancer', Value: loadBalancerArn.split(':loadbalancer/')[1] ?? '' };
  const query = (Id: string, MetricName: string, Stat: string, colour?: Colour): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName,
        Dimensions: colour
          ? [{ Name: 'TargetGroup', Value: colours[colour].targetGroupArn.split(':').at(-1) }, balancer]
          : [balancer],
      },
      Period: 60,
      Stat,
    },
  });
  const queries = [
    ...COLOURS.flatMap((colour) => [
      query(`${colour}_requests`, 'RequestCount', SUM, colour),
      query(`${colour}_errors`, 'HTTPCode_Target_5XX_Count', SUM, colour),
      query(`${colour}_connections`, 'TargetConnectionErrorCount', SUM, colour),
      query(`${colour}_p95`, 'TargetResponseTime', 'p95', colour),
    ]),
    query('all_requests', 'RequestCount', SUM),
    query('all_errors', 'HTTPCode_ELB_5XX_Count', SUM),
  ];

  return {
    async minutes(from, to) {
      const series = new Map<string, Map<string, number>>();
      let NextToken: string | undefined;
      do {
        const command = new GetMetricDataCommand({
          StartTime: new Date(from),
          EndTime: new Date(to),
          ScanBy: 'TimestampAscending',
          MetricDataQueries: queries,
          NextToken,
        });
        const page = await call('reading metrics', client.send(command));
        for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
          const points = series.get(Id) ?? new Map<string, number>();
          Timestamps.forEach((at, index) => void points.set(at.toISOString(), Values[index] ?? 0));
          series.set(Id, points);
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return {
        blue: minutesOf(series, 'blue'),
        green: minutesOf(series, 'green'),
        balancer: minutesOf(series, 'all').map(({ at, requests, errors }) => ({ at, requests, errors })),
      };
    },
    async alarms(names) {
      if (names.length === 0) return [];
      const command = new DescribeAlarmsCommand({ AlarmNames: [...names] });
      const { MetricAlarms = [] } = await call('describing alarms', client.send(command));
      return MetricAlarms.flatMap(({ AlarmName, StateValue }) =>
        AlarmName && StateValue ? [{ name: AlarmName, state: StateValue }] : [],
      );
    },
  };
}

/** Counters are published only when they are not zero: no errors is what a minute with requests and no error shows. */
function minutesOf(series: ReadonlyMap<string, ReadonlyMap<string, number>>, of: string): Minute[] {
  const points = (name: string) => series.get(`${of}_${name}`) ?? new Map<string, number>();
  const requests = points('requests');
  const times = [...new Set([...requests.keys(), ...points('errors').keys(), ...points('connections').keys()])].sort();
  return times.map((at) => {
    const failed = (points('errors').get(at) ?? 0) + (points('connections').get(at) ?? 0);
    return { at, requests: requests.get(at) ?? null, errors: failed, p95Seconds: points('p95').get(at) ?? null };
  });
}
