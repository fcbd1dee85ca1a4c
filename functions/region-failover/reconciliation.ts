/** What the state of the world asks for when no event did. Pure; used by `reconcile`. */
import type { Policy } from '../shared/config.ts';
import type { ApplicationItem, Observation, SettingValues } from '../shared/ports.ts';

/** A claim normally lasts a lease and a few calls; one that is older and still before the one-way step is abandoned. */
const CLAIM_SECONDS_MAX = 300;

export interface Seen {
  readonly region: string;
  readonly now: number;
  readonly application: ApplicationItem;
  readonly own: Observation | null;
  /** The claim's execution: its status here, gone, or in a region that only that region can tell about. */
  readonly claimant: { readonly status: string } | 'gone' | 'elsewhere' | null;
}

export type Action =
  | { readonly action: 'none'; readonly why: string }
  | { readonly action: 'start' | 'resume' | 'undo'; readonly why: string };

export function actionFor({ region, now, application, own, claimant }: Seen, policy: Policy): Action {
  const { claim, phase, holder } = application;
  if (claim) {
    const dead = claimant === 'gone' || (typeof claimant === 'object' && claimant?.status !== 'RUNNING');
    if (dead && phase === 'fencing') return { action: 'undo', why: 'its execution ended before the one-way step' };
    if (dead) return { action: 'resume', why: 'its execution ended after the one-way step' };
    const age = (now - Date.parse(claim.at)) / 1000;
    if (claimant === 'elsewhere' && phase === 'fencing' && age > CLAIM_SECONDS_MAX) {
      return { action: 'undo', why: `the claim is ${Math.round(age)} s old and nothing was promoted` };
    }
    return { action: 'none', why: 'a move is under way' };
  }
  const vote = holder === region ? undefined : own?.targets[holder];
  const fresh = vote !== undefined && vote.slot >= now / 1000 - policy.observationAgeSecondsMax;
  if (fresh && vote.state === 'failing' && vote.slot - vote.since >= policy.dwellSeconds) {
    return { action: 'start', why: `${holder} fails since ${vote.slot - vote.since} s: ${vote.detail}` };
  }
  return { action: 'none', why: 'nothing fails' };
}

/** How this region's consumers must stand. Null while a move lasts, whose business it then is. */
export function consumersFor(region: string, application: ApplicationItem): SettingValues['consumers'] | null {
  if (application.claim || application.phase !== 'active') return null;
  return { epoch: application.epoch, enabled: application.holder === region };
}
