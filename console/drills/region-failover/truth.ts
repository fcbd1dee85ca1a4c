/** What the users and the databases say about recovery time and loss; the measure for everything Mainstay reports. */
import type { Evidence } from './evidence.ts';

export interface Truth {
  /** First failed user write → first success after the last failed one, through public DNS; null when none failed. */
  readonly recoverySeconds: number | null;
  readonly firstFailedAt: number | null;
  readonly recoveredAt: number | null;
  /** How much acknowledged writing the promoted database lacked; null when nothing was promoted. */
  readonly lossSeconds: number | null;
  readonly served: number;
  readonly failed: number;
}

export function requestsTruth({ requests, promotions, policy, faultAt }: Evidence): Truth {
  const users = requests.filter((request) => request.who === 'user' && request.host === policy.domain);
  const publicWrites = users.filter(
    (request) => request.kind === 'write' && request.from === 'internet' && request.t >= faultAt,
  );
  const failed = publicWrites.filter((request) => !request.ok);
  const first = failed[0];
  const last = failed.at(-1);
  const recovery = last && publicWrites.find((request) => request.ok && request.t > last.t);
  const lost = promotions.at(-1)?.lagSeconds ?? null;
  return {
    recoverySeconds: first && recovery ? round(recovery.t - first.t) : null,
    firstFailedAt: first?.t ?? null,
    recoveredAt: recovery?.t ?? null,
    lossSeconds: lost,
    served: users.filter((request) => request.ok).length,
    failed: users.filter((request) => !request.ok).length,
  };
}

/**
 * When the target had first kept so many synthetic writes in a row under the public name as the policy asks for, by the
 * world's own ledger; null when it never had.
 */
export function provedAt({ requests, policy, faultAt }: Evidence, target: string, after = faultAt): number | null {
  let inARow = 0;
  for (const { who, from, host, kind, ok, region, t, seconds } of requests) {
    if (who !== 'probe' || from !== target || host !== policy.domain || t < after) continue;
    if (!ok || region !== target) inARow = 0;
    else if (kind === 'write' && ++inARow === policy.probes) return t + seconds;
  }
  return null;
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;
