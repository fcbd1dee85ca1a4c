/**
 * A process that keeps a cloud in the directory it is told, without a pause, until it is killed: started by
 * restart.slow.test.ts. Prints the number of each put that a saved state holds.
 */
import { DataDirectory } from '../../../simulator/local/data-directory.ts';
import { restoreCloud } from '../../../simulator/local/restart.ts';
import { newCloud, services } from './endpoint.ts';

const directory = new DataDirectory(process.argv[2] ?? '');
const kept = directory.read();
const cloud = kept ? restoreCloud(kept, services) : newCloud();
const region = 'us-east-1';
if (!kept) await cloud.call('s3', 'CreateBucket', { Bucket: 'things' }, { region });
for (let i = 1; ; i++) {
  const Body = `${process.pid} ${i} ${'x'.repeat(200_000)}`;
  await cloud.call('s3', 'PutObject', { Bucket: 'things', Key: 'counter', Body }, { region });
  await cloud.call(
    'ssm',
    'PutParameter',
    { Name: '/counter', Type: 'String', Value: Body.slice(0, 20), Overwrite: true },
    { region },
  );
  directory.save(cloud);
  process.stdout.write(`${Body.slice(0, 20)}\n`);
}
