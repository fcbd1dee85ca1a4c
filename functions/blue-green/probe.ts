/** Asking the application through this region's load balancer: as users do, or one colour by the preview header. */
import type { Web } from '../shared/ports.ts';
import type { Colour } from '../shared/release-ports.ts';

/**
 * Two permanent rules send requests with this header to the colour that it names (infra/stacks/core/load-balancer.ts).
 * It shows nothing that is not about to be public: what is prepared has been admitted.
 */
export const PREVIEW_HEADER = 'x-mainstay-colour';

const TIMEOUT_MS = 3_000;

export interface Probed {
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly digest: string | null;
  readonly body: string;
}

export async function probe(web: Web, endpoint: string, path: string, colour?: Colour): Promise<Probed> {
  const answer = await web.send({
    method: 'GET',
    url: `https://${endpoint}${path}`,
    ...(colour && { headers: { [PREVIEW_HEADER]: colour } }),
    timeoutMs: TIMEOUT_MS,
  });
  return {
    status: answer?.status ?? null,
    digest: answer?.headers['x-release-digest'] ?? null,
    body: answer?.body ?? '',
  };
}

/** One after the other: at once they could all meet one node of the load balancer. */
export async function probes(count: number, ask: () => Promise<Probed>): Promise<Probed[]> {
  const all: Probed[] = [];
  for (let one = 0; one < count; one++) all.push(await ask());
  return all;
}
