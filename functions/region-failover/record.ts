/**
 * Writes down what was asked, seen, decided and done, with the measures, and ends a successful move. Started by: the
 * states "Record the move" and "Record that nothing moved". A move without verification never gets here.
 */
import * as z from 'zod';
import { dynamoAuthority, dynamoMoves } from '../shared/aws/authority.ts';
import { dynamoRecords } from '../shared/aws/failover-table.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { isoOf } from '../shared/clock.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { ApplicationItem, Authority, Move, Moves, Records, Settings } from '../shared/ports.ts';
import { thawMove } from './deployments.ts';
import { type Measures, measure } from './measure.ts';
import { ensure, MoveSchema, requireClaim } from './move.ts';

const time = z.string().nullable();
const RecordInput = z.object({
  executionName: z.string(),
  outcome: z.enum(['moved', 'held', 'declined']),
  request: z.looseObject({ declaredAt: z.string(), by: z.string() }),
  findings: z.array(z.unknown()),
  approvals: z.array(z.object({ by: z.string() })),
  /** A person's answer, when it was no. */
  declinedBy: z.string().nullish(),
  move: MoveSchema.nullish(),
  impaired: z.object({ byTarget: time, byWitness: time }),
  claimedAt: time.optional(),
  steps: z.array(z.object({ step: z.string(), at: z.string() })),
  verification: z
    .object({ verifiedAt: time, witness: z.object({ at: z.string(), localAt: z.string() }).nullable() })
    .nullish(),
});
type Entry = Omit<z.infer<typeof RecordInput>, 'executionName'>;

interface RecordPorts {
  readonly authority: Authority;
  readonly moves: Moves;
  readonly records: Records;
  readonly settings: Settings;
}

export const makeRecord =
  (ports: RecordPorts & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ outcome: string; measures: Measures | null }> => {
    const { authority, records, clock, config } = ports;
    const { executionName, ...entry } = parse(RecordInput, input);
    const at = isoOf(clock.now());
    if (entry.move && !isFinished(await authority.read(), entry.move)) {
      await requireClaim(authority, entry.move, 'active');
    }
    const measures = entry.move ? await measuresOf(entry, records, entry.move.epoch, config.policy.leaseSeconds) : null;
    await records.put(executionName, { ...entry, measures, recordedAt: at });
    if (entry.outcome === 'declined') await records.noteDecline(at, entry.declinedBy ?? 'the deadline');
    if (entry.move) await finish(ports, entry.move, at);
    return { outcome: entry.outcome, measures };
  };

async function measuresOf(entry: Entry, records: Records, epoch: number, leaseSeconds: number): Promise<Measures> {
  const known = {
    impaired: entry.impaired,
    declaredAt: entry.request.declaredAt,
    steps: entry.steps,
    claimedAt: entry.claimedAt ?? null,
    verifiedAt: entry.verification?.verifiedAt ?? null,
    witness: entry.verification?.witness ?? null,
    loss: await records.lossOf(epoch),
  };
  return measure(known, leaseSeconds);
}

const isFinished = ({ claim, epoch, phase, movedAt }: ApplicationItem, move: Move): boolean =>
  !claim && epoch === move.epoch && phase === 'active' && movedAt !== null;

/** The claim goes last: while it is there, a crash in between is rolled forward by `reconcile`. */
async function finish({ authority, moves, settings }: RecordPorts, move: Move, at: string): Promise<void> {
  await thawMove(settings, move);
  await ensure({
    what: 'finishing',
    describe: authority.read,
    done: (item) => isFinished(item, move),
    act: () => moves.finish(move, at),
  });
}

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({
    authority: dynamoAuthority(config),
    moves: dynamoMoves(config),
    records: dynamoRecords(config),
    settings: ssmSettings(config),
  }),
  make: makeRecord,
});
