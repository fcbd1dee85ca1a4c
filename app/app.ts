/** The HTTP contract: /health, /ready and /orders. Every answer says which release, region and epoch gave it. */
import { InvalidRequest, WritesNotReady, WriteTooLateUnsafe } from './errors.ts';
import type { Lease } from './lease.ts';
import type { Orders } from './orders.ts';
import type { Identity, Readiness } from './readiness.ts';

export interface AppRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AppResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface AppPorts {
  readonly identity: Identity;
  readonly lease: Lease;
  readonly orders: Orders;
  ready(): Promise<Readiness>;
  /** Called with what no handler expected. */
  report(error: unknown): void;
}

type Answer = readonly [status: number, body?: unknown];

/** A function from request to answer; it never rejects. */
export function createApp(ports: AppPorts): (request: AppRequest) => Promise<AppResponse> {
  return async (request) => {
    const [status, body] = await route(ports, request).catch((error: unknown) => refuse(ports, error));
    return {
      status,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        'x-release-digest': ports.identity.digest,
        'x-region': ports.identity.region,
        'x-epoch': String(ports.lease.seen()?.epoch ?? 0),
      },
      body: body === undefined ? '' : JSON.stringify(body),
    };
  };
}

async function route(ports: AppPorts, { method, path, body }: AppRequest): Promise<Answer> {
  const [, resource, id, ...more] = path.split('/');
  if (more.length > 0) return [404, { error: 'NotFound', field: 'path' }];
  if (resource === 'orders' && id === undefined) return method === 'POST' ? create(ports, body) : notAllowed('POST');
  if (resource === 'orders' && id !== undefined) return oneOrder(ports, method, id);
  if (id !== undefined) return [404, { error: 'NotFound', field: 'path' }];
  if (resource === 'health') return method === 'GET' ? [200, { status: 'alive' }] : notAllowed('GET');
  if (resource === 'ready') return method === 'GET' ? readiness(ports) : notAllowed('GET');
  return [404, { error: 'NotFound', field: 'path' }];
}

async function create({ orders }: AppPorts, body: string): Promise<Answer> {
  const { created, order } = await orders.create(body);
  return [created ? 201 : 200, order];
}

async function oneOrder({ orders }: AppPorts, method: string, id: string): Promise<Answer> {
  if (method === 'GET') {
    const order = await orders.read(id);
    return order ? [200, order] : [404, { error: 'NotFound', field: 'id' }];
  }
  if (method !== 'DELETE') return notAllowed('GET, DELETE');
  return (await orders.remove(id)) ? [204] : [404, { error: 'NotFound', field: 'id' }];
}

async function readiness({ ready }: AppPorts): Promise<Answer> {
  const answer = await ready();
  return [answer.status === 'healthy' ? 200 : 503, answer];
}

const notAllowed = (allowed: string): Answer => [405, { error: 'MethodNotAllowed', field: 'method', allowed }];

function refuse({ report }: AppPorts, error: unknown): Answer {
  if (error instanceof InvalidRequest) {
    return [400, { error: error.name, field: error.field, message: error.message }];
  }
  // Not sent, so the client may try again at once, here or elsewhere.
  if (error instanceof WritesNotReady || error instanceof WriteTooLateUnsafe) {
    return [503, { error: error.name, message: error.message }];
  }
  report(error);
  return [503, { error: 'DatabaseNotReady' }];
}
