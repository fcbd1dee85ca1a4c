/**
 * What the load balancer counted, by colour and minute, and the states of alarms. Dimensions are made from the colours
 * that are asked for, on every call: colours alternate (blue-green/I16). Names and dimensions: "CloudWatch metrics for your
 * Application Load Balancer"; what the load balancer answers by itself (HTTPCode_ELB_*) has no target group there.
 */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { BalancerMinute, Colour, Minute, ReleaseMetrics } from '../release-ports.ts';
import { call, clientOptions } from './client.ts';

interface Place {
  readonly region: string;
  readonly loadBalancerArn: string;
  readonly colours: Readonly<Record<Colour, { readonly targetGroupArn: string }>>;
}

const COLOURS = ['blue', 'green'] as const;
const SUM = 'Sum';
/** Of targets. A target's 1XX is not counted. */
const ANSWERS = ['2XX', '3XX', '4XX', '5XX'] as const;
/** 502 and 504 are among the 5XX. */
const SELF_ANSWERED = ['5XX', '502', '504'] as const;

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
      ...ANSWERS.map((name) => query(`${colour}_${name}`, `HTTPCode_Target_${name}_Count`, SUM, colour)),
      query(`${colour}_connections`, 'TargetConnectionErrorCount', SUM, colour),
      query(`${colour}_p95`, 'TargetResponseTime', 'p95', colour),
    ]),
    query('all_requests', 'RequestCount', SUM),
    ...SELF_ANSWERED.map((name) => query(`all_${name}`, `HTTPCode_ELB_${name}_Count`, SUM)),
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
        balancer: balancerMinutes(series),
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

type Series = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Counters are published only when they are not zero: no errors is what a minute with requests and no error shows. A minute
 * whose requests are not known says nothing about those that nobody answered.
 */
function minutesOf(series: Series, colour: Colour): Minute[] {
  return minutesIn(series, colour, ['requests', 'connections', ...ANSWERS], ({ at, value, count }) => {
    const requests = value('requests');
    const answered = ANSWERS.reduce((sum, name) => sum + count(name), 0);
    return {
      at,
      requests,
      errors: count('5XX') + count('connections'),
      unanswered: requests === null ? null : Math.max(0, requests - answered),
      p95Seconds: value('p95'),
    };
  });
}

const balancerMinutes = (series: Series): BalancerMinute[] =>
  minutesIn(series, 'all', ['requests', ...SELF_ANSWERED], ({ at, value, count }) => ({
    at,
    requests: value('requests'),
    errors: count('5XX'),
    gateway: count('502') + count('504'),
  }));

interface Published {
  readonly at: string;
  /** Null when it was not published. */
  value(name: string): number | null;
  /** Of a counter: zero when it was not published. */
  count(name: string): number;
}

/** One for each minute in which any of the named metrics was published, oldest first. */
function minutesIn<T>(series: Series, of: string, names: readonly string[], make: (minute: Published) => T): T[] {
  const points = (name: string) => series.get(`${of}_${name}`) ?? new Map<string, number>();
  const times = [...new Set(names.flatMap((name) => [...points(name).keys()]))].sort();
  return times.map((at) =>
    make({ at, value: (name) => points(name).get(at) ?? null, count: (name) => points(name).get(at) ?? 0 }),
  );
}
