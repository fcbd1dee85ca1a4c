/**
 * Further guards, beside the one of each invariant in test/region-failover/guards.ts: what keeps a move from being left
 * half-done, and the second lines of defence. The search of this folder takes each of them out in turn.
 */
import { editing, step, withoutRows } from '../region-failover/removals.ts';
import { type Removal, replacing } from '../without-guard.ts';

export interface SearchedGuard {
  readonly name: string;
  readonly without: string;
  readonly removals: readonly Removal[];
}

export const moreGuards: readonly SearchedGuard[] = [
  {
    name: 'renewal',
    without: 'the holder and the epoch, when a lease is renewed',
    removals: [
      {
        source: 'app/authority.ts',
        bundles: ['app'],
        edit: replacing(
          '#phase = :active AND #holder = :region AND #epoch = :epoch',
          '#phase = :active OR (#holder = :region AND #epoch = :epoch)',
        ),
      },
    ],
  },
  {
    name: 'cooldown',
    without: 'the row of the cooldown',
    removals: [withoutRows('cooldown')],
  },
  {
    name: 'standby',
    without: 'the rows that want the target’s database and application ready',
    removals: [withoutRows('standby-database', 'standby-instances', 'standby-application', 'standby-capacity')],
  },
  {
    name: 'resume',
    without: 'the successor of an execution that died past the one-way step',
    removals: [
      {
        source: 'functions/region-failover/reconciliation.ts',
        bundles: ['region-failover/reconcile'],
        edit: replacing("if (dead) return { action: 'resume',", "if (dead) return { action: 'none',"),
      },
    ],
  },
  {
    name: 'undo',
    without: 'the end of a claim whose execution died before the one-way step',
    removals: [
      step('clean-up', replacing('act: () => moves.restore(executionArn),', 'act: async () => {},')),
      step('reconcile', replacing('act: () => moves.restore(claim.executionArn),', 'act: async () => {},')),
    ],
  },
  {
    name: 'mend-latch',
    without: 'the third latch object, when its region is back',
    removals: [step('mend-latch', replacing('await setLatch(latch, region, moved);', ''))],
  },
  {
    name: 'confirm',
    without: 'the second look, right before the one-way step',
    removals: [
      editing('FailoverMachine', (states) => {
        const choice = states['Check that it still holds']?.Choices?.[0];
        if (!choice) throw new Error("no state 'Check that it still holds' with a choice");
        choice.Condition = '{% true %}';
      }),
    ],
  },
  {
    name: 'rollback-limit',
    without: 'the phase, when a claim is undone',
    removals: [
      step('clean-up', replacing("if (holds && phase !== 'fencing')", 'if (false)')),
      {
        source: 'functions/shared/aws/authority.ts',
        bundles: ['region-failover/clean-up'],
        // As an undo that takes no notice of the promotion would write it.
        edit: replacing('`${mine} AND phase = :fencing`', '`${mine} AND phase <> :active OR phase = :fencing`'),
      },
    ],
  },
];
