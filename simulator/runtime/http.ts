/** The simulated node:http and node:https, put together. Made per sandbox. */
import { METHODS, STATUS_CODES } from 'node:http';
import { Agent, ClientRequest, type RequestOptions } from './http-client.ts';
import { IncomingMessage } from './http-message.ts';
import type { Machine } from './machine.ts';
import { refused } from './refusal.ts';

type OnResponse = (response: IncomingMessage) => void;

/** What `require('node:http')` or, by protocol, `require('node:https')` answers. */
export function createHttp(machine: Machine, protocol: 'http:' | 'https:'): Record<string, unknown> {
  const globalAgent = new Agent({ keepAlive: true });
  const request = (...args: unknown[]): ClientRequest => {
    const onResponse = typeof args.at(-1) === 'function' ? (args.pop() as OnResponse) : undefined;
    const options = args.map((each) => (typeof each === 'string' || each instanceof URL ? fromUrl(each) : each));
    const made = new ClientRequest(machine, protocol, Object.assign({}, ...options) as RequestOptions, globalAgent);
    if (onResponse) made.once('response', onResponse);
    return made;
  };
  return {
    Agent,
    ClientRequest,
    IncomingMessage,
    METHODS,
    STATUS_CODES,
    globalAgent,
    request,
    get: (...args: unknown[]) => request(...args).end(),
    createServer: refused(`${protocol.slice(0, -1)}.createServer`),
  };
}

function fromUrl(text: string | URL): RequestOptions {
  const { protocol, hostname, port, pathname, search } = new URL(text);
  return { protocol, hostname, path: pathname + search, ...(port && { port }) };
}
