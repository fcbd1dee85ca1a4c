/** What Mainstay did to the world in one drill, each as one word, for timelines and scenarios. */
import type { Effect } from '../../drill/result.ts';
import { type Evidence, wasCarriedOut } from './evidence.ts';
import { candidateAt, commits, raises, shareOf, withdrawals } from './facts.ts';

/** Every effect, in order. Looks, metrics and Mainstay's own records change nothing and are left out. */
export function effectsOf(evidence: Evidence): Effect[] {
  const { region } = evidence.policy;
  const effects = [
    ...evidence.executions.map(({ from }) => ({ t: from, what: 'start' })),
    ...evidence.calls.flatMap((call) => {
      const { t, deed, colour } = call;
      if (deed === null || deed === 'weights' || colour === null || !wasCarriedOut(call)) return [];
      const which = colour === candidateAt(evidence, t) ? 'candidate' : 'live';
      return [{ t, what: `${deed} ${which}` }];
    }),
    ...raises(evidence).map(({ t, weights, candidate }) => ({
      t,
      what: `shift ${Math.round(100 * shareOf(weights, candidate))}`,
    })),
    ...withdrawals(evidence).map(({ t }) => ({ t, what: 'back' })),
    ...commits(evidence).map(({ t }) => ({ t, what: 'commit' })),
    ...evidence.messages.map(({ t, subject }) => ({ t, what: messageKind(subject) })),
  ];
  return effects
    .sort((a, b) => a.t - b.t)
    .map(({ t, what }) => ({ t: Math.round((t - evidence.faultAt) * 10) / 10, what, region }));
}

/** By the subjects of functions/blue-green/messages.ts. */
function messageKind(subject: string): string {
  if (/ROLLBACK FAILED|HALTED/.test(subject)) return 'page';
  const [, end] = /: (?:release )?(.*) \(/.exec(subject) ?? [];
  return end === undefined ? 'tell' : `tell ${end.toLowerCase()}`;
}
