/**
 * The guards of region failover, one for each invariant: how each is taken out of what is deployed, and where that shows.
 * Read by guards.scenario.ts, which knows where to look, and by the search of test/soak, which does not.
 */
import { all, type Removal, replacing } from '../without-guard.ts';
import { policy, skipping, step, withoutRows } from './removals.ts';

export interface Guard {
  readonly id: string;
  readonly without: string;
  readonly scenario: string;
  /** A run of chance in which those who race do meet; 1 when left out. */
  readonly seed?: number;
  /** What the checker objects to. */
  readonly saying: RegExp;
  readonly removals: readonly Removal[];
}

const app = (source: string, edit: (text: string) => string): Removal => ({ source, bundles: ['app'], edit });
export const guards: readonly Guard[] = [
  {
    id: 'I1',
    without: 'the end of the lease, when a write is admitted',
    scenario: 'cut-off-primary',
    saying: /us-west-2 took a write of epoch 1 .* under epoch 2/,
    removals: [app('app/lease.ts', replacing('if (now + options.longestWriteMs >= held.endsAt) return null;', ''))],
  },
  {
    id: 'I2',
    without: 'the new epoch, when the holder changes',
    scenario: 'person-while-healthy',
    saying: /us-east-2 became holder .* without a new epoch/,
    removals: [
      {
        source: 'functions/shared/aws/authority.ts',
        bundles: ['region-failover/promote'],
        edit: replacing("':epoch': epoch,\n          ':before'", "':epoch': epoch - 1,\n          ':before'"),
      },
    ],
  },
  {
    id: 'I3',
    without: 'the state that waits for the lease to lapse',
    scenario: 'person-while-healthy',
    saying: /after the last renewal; 36 s are needed/,
    removals: [skipping('Freeze deployments', 'Confirm')],
  },
  {
    id: 'I4',
    without: 'the order (traffic last), and the phase that shift-traffic requires',
    scenario: 'dark-primary',
    saying: /sent to us-east-2 .* its database takes no writes/,
    removals: [
      skipping('Freeze deployments', 'Shift traffic'),
      skipping('Shift traffic', 'Fence'),
      step(
        'shift-traffic',
        all(
          replacing("requireClaim(authority, move, 'active')", "requireClaim(authority, move, 'fencing')"),
          replacing('await ensure({', 'void ({'),
        ),
      ),
    ],
  },
  {
    id: 'I5',
    without: 'the lease, when a consumer takes a job',
    scenario: 'cut-off-primary',
    saying: /us-west-2 did a job of epoch 1 .*epoch 2/,
    removals: [
      app(
        'app/jobs.ts',
        all(
          replacing('await writes.run(', 'await unfenced('),
          replacing(
            'let count = 0;',
            `let count = 0;
             const unfenced = (work) => work({ epoch: parameters.consumers().epoch, sendBy: Number.POSITIVE_INFINITY });`,
          ),
        ),
      ),
    ],
  },
  {
    id: 'I6',
    without: 'the row that wants the capacity of the target',
    scenario: 'short-of-capacity',
    saying: /fenced .* us-east-2, which had 1 of 2 healthy targets/,
    removals: [withoutRows('standby-capacity')],
  },
  {
    id: 'I7',
    without: 'the row that wants two of three observers',
    scenario: 'one-observer',
    saying: /us-east-1 saw us-west-2.* healthy/,
    removals: [withoutRows('quorum')],
  },
  {
    id: 'I8',
    without: 'the row that wants the lag within the RPO',
    scenario: 'lag-above-rpo',
    saying: /us-east-2 was promoted .* 4\d\d.* s behind/,
    removals: [withoutRows('lag')],
  },
  {
    id: 'I9',
    without: 'the condition of the claim',
    scenario: 'alarm-and-person',
    seed: 2,
    saying: /took the claim .* was running/,
    removals: [
      {
        source: 'functions/shared/aws/authority.ts',
        bundles: ['region-failover/claim'],
        edit: replacing(
          "only: 'phase = :active AND attribute_not_exists(claim) AND epoch",
          "only: ':active = :active AND epoch",
        ),
      },
    ],
  },
  {
    id: 'I10',
    without: 'the row of the kill switch',
    scenario: 'kill-switch',
    saying: /promoted .* while automation was switched off/,
    removals: [withoutRows('kill-switch')],
  },
  {
    id: 'I11',
    without: 'the restraint to leave the third latch object alone, in code and in rights',
    scenario: 'person-while-healthy',
    saying: /changed s3 in the region being left, us-west-2/,
    removals: [
      step('shift-traffic', replacing('[config.region, config.witnessRegion];', 'Object.keys(config.latchBuckets);')),
      policy('ShiftTraffic', (statements) => {
        for (const statement of statements) if (statement.Sid !== 'ReadApplication') statement.Resource = '*';
      }),
    ],
  },
  {
    id: 'I12',
    without: 'the look before the one-way call',
    scenario: 'lost-answer',
    saying: /promotion was asked for again in epoch 2/,
    removals: [
      step('promote', replacing("if (before.role !== 'writer' && !before.moving) await database", 'await database')),
    ],
  },
  {
    id: 'I13',
    without: 'the end of the freeze, in the clean-up and in the reconciler behind it',
    scenario: 'recovers-in-time',
    saying: /left us-east-2 deploymentsFrozen at true/,
    removals: [
      step('clean-up', replacing('await thaw(settings, executionArn, epoch);', '')),
      step('reconcile', replacing('await thaw(settings, deployments.by, application.epoch);', ';')),
    ],
  },
  {
    id: 'I15',
    without: 'the number of good probes in a row',
    scenario: 'person-while-healthy',
    saying: /success after 1 of 3 probes/,
    removals: [step('verify', replacing('if (consecutive < config.policy.probes) {', 'if (false) {'))],
  },
  {
    id: 'I16',
    without: 'null for what is unknown, and the note of the loss',
    scenario: 'lag-accepted',
    saying: /RPO is given as 0 to 0 s; the ledger says 4\d\d/,
    removals: [
      step('configure', replacing('await records.noteLoss(', 'void (')),
      {
        source: 'functions/region-failover/measure.ts',
        bundles: ['region-failover/record'],
        edit: replacing(
          'return { rpoSeconds: null, rpoSecondsMax: null };',
          'return { rpoSeconds: 0, rpoSecondsMax: 0 };',
        ),
      },
    ],
  },
];
