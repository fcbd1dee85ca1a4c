/** A served cloud for tests of the local endpoint: real SDK clients and raw sockets speak to it. */

import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { lambda } from '../../../simulator/lambda/index.ts';
import { type LocalEndpoint, type ServeOptions, serve } from '../../../simulator/local/server.ts';
import { runOnWallClock, type WallClock } from '../../../simulator/local/wall-clock.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import { ec2 } from '../../../simulator/services/ec2/service.ts';
import { route53 } from '../../../simulator/services/route53/service.ts';
import { s3 } from '../../../simulator/services/s3/index.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import { sts } from '../../../simulator/services/sts/index.ts';

/** One of each protocol, and what they need. */
export const services = [dynamoDb, ec2, iam, lambda, route53, s3, sns, ssm, sts];

const load = createRequire(import.meta.url);

export const administrator = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'secret/of+the=tests' };

export interface Served extends LocalEndpoint {
  readonly cloud: Cloud;
  readonly clock: WallClock;
  stop(): Promise<void>;
}

/** An empty cloud of three regions. */
export function newCloud(): Cloud {
  const regions = ['us-east-1', 'us-east-2', 'us-west-2'];
  return Cloud.create({ seed: 1, account: '111111111111', regions, services, startAt: Date.UTC(2027, 0, 12) });
}

/** Such a cloud on a free port, on the wall clock. */
export async function servedCloud(options: ServeOptions = {}): Promise<Served> {
  const cloud = newCloud();
  const clock = runOnWallClock(cloud);
  const endpoint = await serve(cloud, { port: 0, administrator, ...options });
  const stop = async () => {
    await endpoint.close();
    await clock.stop();
  };
  return { ...endpoint, cloud, clock, stop };
}

interface SdkClient {
  send(command: unknown): Promise<Record<string, unknown>>;
  destroy(): void;
}

/** A client class or a command class of an SDK package. */
type Class = new (input: object) => unknown;

/** A package of the SDK with a client on the endpoint: its `call` sends '<operation>Command'. */
export function sdk(packageName: string, { url }: { url: string }, options: object = {}) {
  const module = load(`@aws-sdk/client-${packageName}`) as Record<string, Class>;
  const [name = ''] = Object.keys(module).filter((each) => /^[A-Za-z0-9]+Client$/.test(each) && each !== '__Client');
  const settings = { endpoint: url, region: 'us-east-2', credentials: administrator, maxAttempts: 1, ...options };
  const client = made(module, name, settings) as SdkClient;
  const call = (operation: string, input: object = {}) => client.send(made(module, `${operation}Command`, input));
  return { client, call };
}

function made(module: Record<string, Class>, name: string, input: object): unknown {
  const Class = module[name];
  if (!Class) throw new Error(`the package has no ${name}`);
  return new Class(input);
}

/** Sends bytes as they are and returns everything that comes back until the connection ends or is quiet. */
export function raw(port: number, text: string | Uint8Array, quietMs = 1_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    let answer = '';
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(quietMs, done);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('close', done).on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') done();
      else reject(error);
    });
    socket.write(text);
  });
}
