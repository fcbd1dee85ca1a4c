/**
 * What to do about an execution that did not reach its end: undo everything while nothing is promoted, else leave it
 * standing for `reconcile` to roll forward; and what people are still to be told. Started by: the failover machine's own catch, and the clean-up machine after
 * FAILED, TIMED_OUT and ABORTED. Running it twice, or for an execution that holds nothing, changes nothing.
 */
import * as z from 'zod';
import { dynamoAuthority, dynamoMoves } from '../shared/aws/authority.ts';
import { dynamoRecords } from '../shared/aws/failover-table.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Claim, Moves, RecordedEnd, Records, Settings } from '../shared/ports.ts';
import { thaw } from './deployments.ts';
import { ensure } from './move.ts';

const CleanUpInput = z.object({ executionArn: z.string().startsWith('arn:aws:states:') });

export interface CleanedUp {
  /**
   * nothing: it held no claim. superseded: another one holds it. aborted: its claim was undone. incomplete: it passed the one-way step. Others: it had ended
   * so by its own record, and was only still to tell it.
   */
  readonly outcome: 'nothing' | 'superseded' | 'aborted' | 'incomplete' | RecordedEnd['outcome'];
  readonly request: RecordedEnd['request'] | null;
  readonly measures: RecordedEnd['measures'];
}

interface CleanUpPorts {
  readonly authority: Authority;
  readonly moves: Moves;
  readonly records: Pick<Records, 'endOf'>;
  readonly settings: Settings;
}

export const makeCleanUp =
  ({ authority, moves, records, settings, log }: CleanUpPorts & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<CleanedUp> => {
    const { executionArn } = parse(CleanUpInput, input);
    const { claim, phase, epoch } = await authority.read();
    const holds = claim?.executionArn === executionArn;
    if (holds && phase !== 'fencing') return { outcome: 'incomplete', request: who(claim), measures: null };
    if (holds) {
      // The region's right to write comes back first; a freeze that outlives this is ended below on a repetition.
      await ensure({
        what: 'undoing the claim',
        describe: authority.read,
        done: (item) => item.claim?.executionArn !== executionArn,
        act: () => moves.restore(executionArn),
      });
    }
    await thaw(settings, executionArn, epoch);
    log.info(holds ? 'the claim was undone' : 'nothing to undo', { executionArn });
    if (holds) return { outcome: 'aborted', request: who(claim), measures: null };
    const end = await records.endOf(executionArn.slice(executionArn.lastIndexOf(':') + 1));
    return end ?? { outcome: claim ? 'superseded' : 'nothing', request: null, measures: null };
  };

const who = ({ target, from, by, reason }: Claim) => ({ target, from, by, reason });

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({
    authority: dynamoAuthority(config),
    moves: dynamoMoves(config),
    records: dynamoRecords(config),
    settings: ssmSettings(config),
  }),
  make: makeCleanUp,
});
