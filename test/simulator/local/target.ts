/**
 * A served cloud in a process of its own, so that its memory can be measured: started by malformed-http.slow.test.ts with
 * --expose-gc. Tells its port, and on each message the bytes it still uses after a collection.
 */
import { servedCloud } from './endpoint.ts';

const lines: string[] = [];
const served = await servedCloud({
  log: (line) => lines.push(line),
  limits: {
    bodyBytesMax: 1 << 20,
    objectBytesMax: 2 << 20,
    packageBytesMax: 1 << 20,
    bodySilenceMsMax: 300,
    headersMsMax: 2_000,
  },
});
const { cloud } = served;
cloud.trace.entriesMax = 100;
const region = 'us-east-1';
await cloud.call('s3', 'CreateBucket', { Bucket: 'things' }, { region });
await cloud.call('ssm', 'PutParameter', { Name: '/x', Type: 'String', Value: 'y' }, { region });
await cloud.call(
  'dynamodb',
  'CreateTable',
  {
    TableName: 'table',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  },
  { region },
);

process.on('message', async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ bytes: heapUsed + external, lines: lines.splice(0) });
});
process.send?.({ port: served.port });
