/**
 * Ends a release whose execution is dead: sends users back to where they belong if they were moved, gives the colours and
 * the lease back. Started by: the clean-up machine, after FAILED, TIMED_OUT and ABORTED, and when `reconcile` finds a
 * lease without an execution. For an execution that holds nothing it changes nothing.
 */
import * as z from 'zod';
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { type Clock, isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import {
  BEFORE_MAINSTAY,
  otherColour,
  type Release,
  type ReleaseState,
  UNKNOWN_DIGEST,
} from '../shared/release-ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { type ConcludePorts, conclude, type Outcome } from './conclude.ts';
import { sameShares, weightsFor } from './decide.ts';
import { ProofNotReady, RetreatUnsafe } from './errors.ts';
import { entryId } from './note.ts';
import { type Retreated, type RetreatPorts, retreat, type Way } from './retreat.ts';

const CleanUpInput = z.object({ executionArn: z.string(), status: z.string(), kind: z.string().nullish() });

export interface CleanedUp {
  readonly outcome: Outcome | 'nothing';
  readonly releaseId: string | null;
  readonly digest: string | null;
}

type Ports = ConcludePorts & RetreatPorts & Surroundings<ReleaseConfig>;

export const makeCleanUp =
  (ports: Ports) =>
  async (input: unknown): Promise<CleanedUp> => {
    const { releases, weights, clock } = ports;
    const { executionArn, status, kind } = parse(CleanUpInput, input);
    const state = await releases.read();
    const { lease, live } = state;
    if (!lease || lease.executionArn !== executionArn) return { outcome: 'nothing', releaseId: null, digest: null };
    const release: Release = { releaseId: lease.releaseId, executionArn, fence: lease.fence };
    const way = wayBack(state, release, kind === 'roll-back');
    const decidedAt = isoOf(clock.now());
    const rule = await weights.read();
    const astray = way !== null && !sameShares(rule, way.lastGood);
    // A return that moved nobody yet, into a colour that is gone: users are best left where they are.
    const unmoved = kind === 'roll-back' && live !== null && sameShares(rule, weightsFor(live.colour, 100, 0));
    const giveUp = (error: unknown): null => {
      if (unmoved && error instanceof RetreatUnsafe) return null;
      throw error;
    };
    const back = way && astray ? await untilProved(() => retreat(ports, way), clock).catch(giveUp) : null;
    const committed = live?.releaseId === lease.releaseId;
    const outcome = outcomeOf({
      returning: kind === 'roll-back' && way !== null,
      astray,
      // Somebody may have sent them back before this and died, or not have seen the answers that prove it.
      back: back !== null || (!committed && (await hadUsers(ports, release))),
      committed,
    });
    const reasons = [`the execution ended ${status}`];
    const ending = {
      release,
      digest: lease.digest,
      outcome,
      reasons,
      cause: 'died',
      decidedAt,
      retreat: back,
    } as const;
    await conclude(ports, ending);
    return { outcome, releaseId: lease.releaseId, digest: lease.digest };
  };

/** Nodes need some seconds to follow a rule; so long that is waited for in one run of this function. */
const PROOF_MS = 30_000;
const BETWEEN_PROOFS_MS = 2_000;

/** A repetition by the machine would find the rule as it should be, and not know that users were taken back. */
async function untilProved(go: () => Promise<Retreated>, clock: Pick<Clock, 'now' | 'sleep'>): Promise<Retreated> {
  for (const until = clock.now() + PROOF_MS; ; ) {
    try {
      return await go();
    } catch (error) {
      if (!(error instanceof ProofNotReady) || clock.now() >= until) throw error;
      await clock.sleep(BETWEEN_PROOFS_MS);
    }
  }
}

/** A release writes fewer entries than this. */
const ENTRIES_OF_A_RELEASE = 50;

/**
 * By the record, which is asked only when no user has to be moved any more. The intent counts: whether the rule was written
 * before the release died, and taken back since, nothing else says.
 */
async function hadUsers({ chronicle }: Ports, { releaseId, fence }: Release): Promise<boolean> {
  const shifting = entryId(releaseId, 'shifting', `${fence}-`);
  return (await chronicle.last(ENTRIES_OF_A_RELEASE)).some(({ id }) => id.startsWith(shifting));
}

interface Found {
  readonly returning: boolean;
  readonly astray: boolean;
  readonly back: boolean;
  readonly committed: boolean;
}

function outcomeOf({ returning, astray, back, committed }: Found): Outcome {
  if (returning) return astray && !back ? 'rollback-failed' : 'returned';
  if (back) return 'rolled-back';
  return committed ? 'committed' : 'aborted';
}

/** Where the users belong: with the live release, or, of a return that was under way, with the one that was kept. */
function wayBack({ live, retained, lease }: ReleaseState, release: Release, returning: boolean): Way | null {
  const to = returning ? retained : live;
  // Nothing was pinned, so nothing was moved.
  if (!to) return null;
  const digest = returning ? (live?.digest ?? '') : (lease?.digest ?? '');
  return {
    release,
    from: to.colour,
    to: otherColour(to.colour),
    digest,
    oldDigest: to.releaseId === BEFORE_MAINSTAY && to.digest === UNKNOWN_DIGEST ? null : to.digest,
    lastGood: weightsFor(to.colour, 100, 0),
  };
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    chronicle: dynamoChronicle(config),
    web: fetchWeb(clock),
  }),
  make: makeCleanUp,
});
