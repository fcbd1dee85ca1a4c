/** How Mainstay looks at the application from outside: is it ready, and does it keep a write. Used by handlers. */
import * as z from 'zod';
import type { Web, WebAnswer } from '../shared/ports.ts';

const TIMEOUT_MS = 5_000;

/** The part of /ready that Mainstay reads; docs/runbooks/region-failover.md names the contract. */
const Ready = z.object({
  status: z.string(),
  epoch: z.number().nullish(),
  writes: z.string().nullish(),
  database: z
    .object({
      reachable: z.boolean(),
      newestHeartbeat: z.object({ at: z.string(), sequence: z.number() }).nullish(),
    })
    .nullish(),
});

export interface Readiness {
  readonly ready: boolean;
  readonly databaseReachable: boolean;
  readonly newestHeartbeatAt: string | null;
  readonly detail: string;
}

/** Asks one region on its own name, never through the public one. */
export async function askReady(web: Web, region: string, domain: string): Promise<Readiness> {
  const answer = await web.send({ method: 'GET', url: `https://${region}.${domain}/ready`, timeoutMs: TIMEOUT_MS });
  if (!answer) {
    return { ready: false, databaseReachable: false, newestHeartbeatAt: null, detail: 'no answer' };
  }
  const body = Ready.safeParse(jsonOf(answer)).data;
  return {
    ready: answer.status === 200 && body !== undefined,
    databaseReachable: body?.database?.reachable ?? false,
    newestHeartbeatAt: body?.database?.newestHeartbeat?.at ?? null,
    detail: `${answer.status}${body ? ` ${body.status}` : ''}`,
  };
}

export interface ProbeResult {
  readonly ok: boolean;
  readonly detail: string;
}

/** Writes, reads and deletes one document; only good when the wanted region answered each time, in the wanted epoch. */
export async function writeReadDelete(
  web: Web,
  wanted: { readonly origin: string; readonly id: string; readonly region: string; readonly epoch: number },
): Promise<ProbeResult> {
  const one = `${wanted.origin}/orders/${wanted.id}`;
  const body = JSON.stringify({ id: wanted.id, item: 'probe', quantity: 1 });
  const steps = [
    { method: 'POST', url: `${wanted.origin}/orders`, body, status: [201] },
    { method: 'GET', url: one, status: [200] },
    { method: 'DELETE', url: one, status: [204] },
  ] as const;
  for (const { status, ...request } of steps) {
    const answer = await web.send({ ...request, timeoutMs: TIMEOUT_MS });
    const fault = faultOf(answer, status, wanted);
    if (fault) return { ok: false, detail: `${request.method}: ${fault}` };
  }
  return { ok: true, detail: `written, read and deleted in ${wanted.region}, epoch ${wanted.epoch}` };
}

function faultOf(
  answer: WebAnswer | null,
  status: readonly number[],
  wanted: { readonly region: string; readonly epoch: number },
): string | null {
  if (!answer) return 'no answer';
  if (!status.includes(answer.status)) return `answered ${answer.status}`;
  const region = answer.headers['x-region'];
  if (region !== wanted.region) return `answered by ${region ?? 'an unknown region'}, wanted ${wanted.region}`;
  const epoch = Number(answer.headers['x-epoch']);
  return epoch === wanted.epoch ? null : `answered in epoch ${epoch}, wanted ${wanted.epoch}`;
}

function jsonOf({ body }: WebAnswer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
