/** The invariants of region failover that a drill checks (reference: region failover, "Invariants"), by id. */
import type { Violation } from '../../drill/result.ts';
import type { Evidence } from './evidence.ts';
import {
  cooldownAndKillSwitch,
  quorumBeforePromotion,
  singleFlight,
  targetReadyBeforeFencing,
  trafficFollowsReadiness,
} from './invariants-decisions.ts';
import { figuresAreTrue } from './invariants-figures.ts';
import { forwardOrExactlyBack, noForbiddenPlane, stepsAreRepeatable, successIsProved } from './invariants-steps.ts';
import {
  consumersFollowWriter,
  epochsIncrease,
  fencedBeforePromotion,
  lagWithinRpo,
  oneWriter,
} from './invariants-writers.ts';

interface Invariant {
  readonly id: string;
  readonly text: string;
  /** One message per way it was broken. */
  readonly check: (evidence: Evidence) => string[];
}

const row = (number: number, text: string, check: Invariant['check']): Invariant => ({
  id: `region-failover/I${number}`,
  text,
  check,
});

export const INVARIANTS: readonly Invariant[] = [
  row(1, 'at most one region takes writes in an epoch, at every instant', oneWriter),
  row(2, 'the epoch strictly increases and everything carries it', epochsIncrease),
  row(3, 'promotion only after the old writer’s lease has certainly lapsed', fencedBeforePromotion),
  row(4, 'traffic only to a region that can write, has capacity and is configured', trafficFollowsReadiness),
  row(5, 'consumers work only where the writer is', consumersFollowWriter),
  row(6, 'writes are stopped only for a target that is ready', targetReadyBeforeFencing),
  row(7, 'automatic promotion only by a quorum, after the dwell, confirmed again', quorumBeforePromotion),
  row(8, 'loss within the RPO, or accepted by a named person', lagWithinRpo),
  row(9, 'one active failover per application', singleFlight),
  row(10, 'no automatic failover in the cooldown or with automation off', cooldownAndKillSwitch),
  row(11, 'no step depends on the lost region or a global control plane', noForbiddenPlane),
  row(12, 'every step can be repeated; nothing is left half-done', stepsAreRepeatable),
  row(13, 'forward after the one-way step, exactly back before it', forwardOrExactlyBack),
  row(15, 'success only by consecutive writes through public DNS', successIsProved),
  row(16, 'RTO and RPO as the users saw them, explained by the steps', figuresAreTrue),
  // Of every capability, not only of this one: a missing right must show before anyone deploys (DESIGN decision 13).
  {
    id: 'region-failover/rights',
    text: 'no role is refused a call that it makes',
    check: ({ refusals }) => [...refusals],
  },
];

export const INVARIANT_TEXTS: Readonly<Record<string, string>> = Object.fromEntries(
  INVARIANTS.map(({ id, text }) => [id, text]),
);

/** Every broken invariant of a run. */
export const violations = (evidence: Evidence): Violation[] =>
  INVARIANTS.flatMap(({ id, check }) => check(evidence).map((message) => ({ id, message })));
