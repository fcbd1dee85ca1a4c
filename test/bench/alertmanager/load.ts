/**
 * Sends alerts to `POST /api/v2/alerts`, closed loop, bodies made beforehand. Started by run.ts as a process of its own:
 * `node load.ts '<JSON of LoadOptions>'`; prints one JSON line.
 */
import { Agent, request } from 'node:http';

export interface LoadOptions {
  readonly port: number;
  readonly alerts: number;
  readonly groups: number;
  readonly batch: number;
  readonly connections: number;
  /** Tells one set of alerts from another. */
  readonly prefix: string;
  readonly resolved?: boolean;
}

export interface LoadResult {
  readonly sent: number;
  readonly seconds: number;
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const options = JSON.parse(process.argv[2] as string) as LoadOptions;
const agent = new Agent({ keepAlive: true, maxSockets: options.connections });

function alert(index: number) {
  const now = Date.now();
  const family = index % options.groups;
  return {
    labels: {
      alertname: `Storm${family}`,
      service: `svc-${family}`,
      severity: 'P2',
      region: `region-${index % 4}`,
      instance: `${options.prefix}-${index}`,
      account: '123456789012',
    },
    annotations: {
      summary: `alert ${index} of storm, value above the threshold`,
      runbook_url: `https://runbooks.example.com/${family}`,
    },
    startsAt: new Date(options.resolved ? now - 60_000 : now).toISOString(),
    endsAt: new Date(options.resolved ? now - 1 : now + 3_600_000).toISOString(),
    generatorURL: 'http://127.0.0.1/graph',
  };
}

function post(body: string): Promise<{ ms: number; status: number }> {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const path = '/api/v2/alerts';
    const outgoing = request(
      { host: '127.0.0.1', port: options.port, path, method: 'POST', agent, headers },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ ms: performance.now() - from, status: answer.statusCode ?? 0 }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const bodies: string[] = [];
for (let first = 0; first < options.alerts; first += options.batch) {
  const size = Math.min(options.batch, options.alerts - first);
  bodies.push(JSON.stringify(Array.from({ length: size }, (_, index) => alert(first + index))));
}
const took: number[] = [];
let refused = 0;
let next = 0;
const from = performance.now();
await Promise.all(
  Array.from({ length: options.connections }, async () => {
    while (next < bodies.length) {
      const { ms, status } = await post(bodies[next++] as string);
      took.push(ms);
      if (status !== 200) refused += 1;
    }
  }),
);
const seconds = (performance.now() - from) / 1000;
took.sort((a, b) => a - b);
const at = (share: number) =>
  Number((took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0).toFixed(2));
const result: LoadResult = { sent: options.alerts, seconds, refused, p50Ms: at(0.5), p99Ms: at(0.99) };
process.stdout.write(`${JSON.stringify(result)}\n`);
agent.destroy();
