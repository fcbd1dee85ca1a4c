/** Real SDK clients on a test cloud: their requests go straight to the wire, without a network between. */
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import type { Cloud } from '../../../simulator/cloud.ts';
import type { AnyService } from '../../../simulator/service.ts';
import { spokenServices } from '../../../simulator/wire/clients.ts';
import { handleAwsRequest } from '../../../simulator/wire/server.ts';

const load = createRequire(import.meta.url);

export interface SdkClient {
  send(command: unknown): Promise<Record<string, unknown>>;
}

/** A package's exports: classes of commands and errors by name. */
export type SdkModule = Record<string, new (...inputs: unknown[]) => Error>;

export const sdkModule = (packageName: string): SdkModule => load(`@aws-sdk/client-${packageName}`) as SdkModule;

/** The package's client, unmodified but for its transport. */
export function sdkClient(cloud: Cloud, packageName: string, options: object = {}): SdkClient {
  const module = sdkModule(packageName);
  const found = Object.entries(module).find(([name]) => /^[A-Za-z0-9]+Client$/.test(name) && name !== '__Client');
  const Client = found?.[1] as unknown as new (options: object) => SdkClient;
  return new Client({
    region: 'us-east-1',
    credentials: cloud.issueCredentials({ kind: 'account' }),
    maxAttempts: 1,
    disableHostPrefix: true,
    requestHandler: transport(cloud),
    ...options,
  });
}

/** What the SDK calls a request handler. */
export function transport(cloud: Cloud) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    async handle(request: HttpRequest) {
      const url = new URL(`https://${request.hostname}${request.path}`);
      for (const [name, value] of Object.entries(request.query ?? {}))
        for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, each ?? '');
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      );
      const body = await bytes(request.body);
      const answer = await handleAwsRequest(cloud, { from: 'us-east-1', method: request.method, url, headers, body });
      const content = answer.body.byteLength > 0 ? [Buffer.from(answer.body)] : [];
      return {
        response: new HttpResponse({
          statusCode: answer.status,
          headers: answer.headers,
          body: Readable.from(content),
        }),
      };
    },
  };
}

async function bytes(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a recording service was last asked, and what it shall answer. */
export interface Recorder {
  seen: { operation: string; input: unknown } | undefined;
  answer: () => unknown;
}

/** Services under every name that the wire speaks, whose every operation records its input and gives the answer. */
export function recordingServices(recorder: Recorder): AnyService[] {
  return spokenServices.map((name) => ({
    name,
    initialState: () => ({}),
    access: {},
    operations: new Proxy(
      {},
      {
        get: (_, operation: string) => (input: unknown) => {
          recorder.seen = { operation, input };
          return recorder.answer();
        },
      },
    ),
  }));
}
