/**
 * The network of a child process: every connection of node:http, node:https and fetch goes through a tunnel (HTTP
 * CONNECT) to the simulator, which answers for the host that was meant, without TLS; a host that cannot be reached is a
 * tunnel that never opens. Every other way out of the process is refused by name. Installed by `main.ts`.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Settings } from './settings.ts';
import { realMilliseconds } from './time.ts';

/** undici's own defaults: 10 s to connect, 300 s for headers and between two pieces of a body, all virtual. */
const fetchTimeouts = { connectMs: 10_000, answerMs: 300_000 } as const;

type Connected = (error: Error | null, socket?: Duplex) => void;

const connectReally = net.Socket.prototype.connect as (this: net.Socket, to: net.TcpNetConnectOpts) => net.Socket;

/** A connection to the simulator itself. */
export function connectToSimulator(port: number): net.Socket {
  const socket = new net.Socket();
  connectReally.call(socket, { port, host: '127.0.0.1' });
  return socket;
}

export function installNetwork(settings: Settings): void {
  const agentConnection =
    (protocol: string, defaultPort: number) =>
    (options: { host?: string | null; port?: number | string | null }, connected: Connected): undefined => {
      tunnel(settings, protocol, options.host ?? 'localhost', Number(options.port ?? defaultPort), connected);
    };
  Object.assign(http.Agent.prototype, { createConnection: agentConnection('http:', 80) });
  Object.assign(https.Agent.prototype, { createConnection: agentConnection('https:', 443) });
  installFetch(settings);
  refuseTheRest(settings);
}

/** Returns how to give up. */
function tunnel(
  { port, token }: Settings,
  protocol: string,
  host: string,
  hostPort: number,
  connected: Connected,
): () => void {
  const request = http.request({
    method: 'CONNECT',
    path: `${host}:${hostPort}`,
    headers: { 'proxy-authorization': `Bearer ${token}`, 'simulated-protocol': protocol },
    createConnection: () => connectToSimulator(port),
  });
  request.on('connect', (answer, socket) => {
    if (answer.statusCode === 200) return connected(null, socket);
    socket.destroy();
    return connected(Object.assign(new Error(`connect ECONNREFUSED ${host}:${hostPort}`), { code: 'ECONNREFUSED' }));
  });
  request.on('error', connected);
  request.end();
  return () => request.destroy();
}

interface UndiciConnect {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

type Dispatcher = NonNullable<RequestInit['dispatcher']>;
type AgentConstructor = new (options: object) => Dispatcher;

/** undici is loaded by the first fetch only: it takes longer than most functions. */
function installFetch(settings: Settings): void {
  const realFetch = globalThis.fetch;
  let dispatcher: Dispatcher | undefined;
  globalThis.fetch = (input, init) => {
    dispatcher ??= new (undiciAgent())({
      headersTimeout: realMilliseconds(fetchTimeouts.answerMs),
      bodyTimeout: realMilliseconds(fetchTimeouts.answerMs),
      connect: ({ protocol, hostname, port }: UndiciConnect, connected: Connected) =>
        connectInTime(settings, protocol, hostname, Number(port || (protocol === 'https:' ? 443 : 80)), connected),
    });
    return realFetch(input, { ...init, dispatcher });
  };
}

/** Node shows its undici only through this symbol (undici, lib/global.js); the first Request puts it there. */
function undiciAgent(): AgentConstructor {
  new Request('http://localhost');
  const known = (globalThis as Record<symbol, unknown>)[Symbol.for('undici.globalDispatcher.1')];
  return (known as object).constructor as AgentConstructor;
}

function connectInTime(settings: Settings, protocol: string, host: string, port: number, connected: Connected): void {
  const timer = setTimeout(() => {
    giveUp();
    connected(Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' }));
  }, fetchTimeouts.connectMs);
  const giveUp = tunnel(settings, protocol, host, port, (...result) => {
    clearTimeout(timer);
    connected(...result);
  });
}

/** A real network must not answer for the simulated one. */
function refuseTheRest(settings: Settings): void {
  const refusal = (what: string): Error => {
    tellRefusal(settings, what);
    return Object.assign(new Error(`${what} is not modelled in a function's process; HTTP and HTTPS are`), {
      code: 'ERR_NOT_MODELLED',
    });
  };
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const [target] = (Array.isArray(args[0]) ? args[0] : args) as [{ host?: string; port?: number; path?: string }];
    const where = typeof target === 'object' ? (target.path ?? `${target.host ?? 'localhost'}:${target.port}`) : target;
    process.nextTick(() => this.destroy(refusal(`a connection to ${where}`)));
    return this;
  } as typeof net.Socket.prototype.connect;
  for (const [module, name] of [
    [dns, 'dns'],
    [dns.promises, 'dns.promises'],
    [dgram, 'dgram'],
  ] as const) {
    for (const key of Object.keys(module).filter((each) => /^(lookup|resolve|reverse|createSocket)/.test(each))) {
      Object.assign(module, {
        [key]: () => {
          throw refusal(`${name}.${key}`);
        },
      });
    }
  }
}

const beingTold = new Set<Promise<void>>();

/** Resolves when the simulator knows of every refusal so far. */
export const refusalsTold = (): Promise<unknown> => Promise.all(beingTold);

/** So that the run is not taken for one that needed nothing the simulator lacks. */
function tellRefusal({ port, token }: Settings, what: string): void {
  const told = new Promise<void>((resolve) => {
    const request = http.request({
      method: 'POST',
      path: '/refusal',
      headers: { 'proxy-authorization': `Bearer ${token}` },
      createConnection: () => connectToSimulator(port),
    });
    request.on('close', resolve);
    request.on('error', () => {});
    request.end(what);
  });
  beingTold.add(told);
  void told.then(() => beingTold.delete(told));
}
