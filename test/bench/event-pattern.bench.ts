/** How fast one compiled event pattern decides. Target: at least 100,000 matches a second for a simple pattern. */
import { expect, test } from 'vitest';
import { parseJson } from '../../simulator/eventbridge/json.ts';
import { compilePattern, matches } from '../../simulator/eventbridge/pattern.ts';

const event = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2026-11-11T21:29:54Z',
  region: 'us-east-1',
  resources: ['arn:aws:cloudwatch:us-east-1:123456789012:alarm:orders-prod-impaired'],
  detail: {
    alarmName: 'orders-prod-impaired',
    state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-11-11T21:29:54.123+0000' },
    previousState: { value: 'OK' },
    configuration: { metrics: [{ id: 'm1', metricStat: { period: 10, stat: 'Maximum' }, returnData: true }] },
  },
};
const text = JSON.stringify(event);

const simple = '{"source":["aws.cloudwatch"],"detail":{"state":{"value":["ALARM"]}}}';
const rich =
  '{"source":["aws.cloudwatch"],"resources":[{"wildcard":"*:alarm:orders-*"}],"detail":{"$or":[{"state":{"value":["OK"]}},' +
  '{"configuration":{"metrics":{"metricStat":{"period":[{"numeric":["<",60]}]}}}}]}}';

test('event patterns', async ({ bench }) => {
  let count = 0;
  const results = await bench.compare(
    bench('simple pattern, plain object', () => {
      matches(compilePattern(simple), event);
    }),
    bench('$or, wildcard and numeric, plain object', () => {
      matches(compilePattern(rich), event);
    }),
    bench('simple pattern, event read from text', () => {
      matches(compilePattern(simple), parseJson(text));
    }),
    bench('compiling a new pattern', () => {
      compilePattern(simple.replace('ALARM', `ALARM${count++}`));
    }),
  );
  expect(results.get('simple pattern, plain object').throughput.mean).toBeGreaterThan(100_000);
});
