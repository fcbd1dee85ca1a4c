/** CloudWatch by the query protocol, as clients speak it that are older than its JSON protocol. */
import { expect, it } from 'vitest';
import { createSimulation } from '../../../simulator/simulation.ts';
import { handleAwsRequest } from '../../../simulator/wire/server.ts';

const REGION = 'us-west-2';

it('CloudWatch answers a form in XML, errors too, and JSON in JSON', async () => {
  const cloud = createSimulation({ seed: 1, account: '123456789012', regions: [REGION], startAt: 0 });
  const { accessKeyId } = cloud.issueCredentials({ kind: 'account' });
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20270112/${REGION}/monitoring/aws4_request, Signature=x`;
  const send = async (body: string, headers: Record<string, string>): Promise<string> => {
    const url = new URL('https://monitoring.us-west-2.amazonaws.com/');
    const request = { from: 'internet', method: 'POST', url, headers: { authorization, ...headers } };
    const answer = await handleAwsRequest(cloud, { ...request, body: new TextEncoder().encode(body) });
    return `${answer.status} ${new TextDecoder().decode(answer.body)}`;
  };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const alarm = 'AlarmName=high&MetricName=m&Namespace=n&Statistic=Sum&Period=60&EvaluationPeriods=1&Threshold=1';
  const operator = 'ComparisonOperator=GreaterThanThreshold&Dimensions.member.1.Name=a&Dimensions.member.1.Value=b';
  expect(await send(`Action=PutMetricAlarm&Version=2010-08-01&${alarm}&${operator}`, form)).toMatch(
    /^200 .*<PutMetricAlarmResponse xmlns="http:\/\/monitoring\.amazonaws\.com\/doc\/2010-08-01\/">/s,
  );
  expect(await send('Action=DescribeAlarms&Version=2010-08-01', form)).toMatch(
    /<MetricAlarms><member>.*<Dimensions><member><Name>a<\/Name><Value>b<\/Value><\/member><\/Dimensions>/s,
  );
  expect(await send('Action=SetAlarmState&AlarmName=none&StateValue=OK&StateReason=x', form)).toMatch(
    /^404 .*<Code>ResourceNotFound<\/Code>/s,
  );
  const target = {
    'x-amz-target': 'GraniteServiceVersion20100801.DescribeAlarms',
    'content-type': 'application/x-amz-json-1.0',
  };
  expect(await send('{}', target)).toMatch(/^200 \{"CompositeAlarms"|^200 \{"MetricAlarms"/);
});
