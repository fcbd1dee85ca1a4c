/**
 * The guards of blue/green, one for each invariant: how each is taken out of what is deployed, and where that shows. Read
 * by guards.scenario.ts.
 */
import { all, type Removal, replacing } from '../without-guard.ts';
import { decide, shared, skipping, step } from './removals.ts';

export interface Guard {
  readonly id: string;
  readonly without: string;
  readonly scenario: string;
  /** What the checker objects to. */
  readonly saying: RegExp;
  readonly removals: readonly Removal[];
}

/** Whatever the judge says is taken for a pass. */
const everythingPasses = all(
  replacing("if (verdict.verdict === 'fail') return back('verdict', ...said);", ''),
  replacing("if (facts.collapsed) return back('verdict', 'fewer than half of its machines are healthy');", ''),
  replacing(
    "const proved = verdict.verdict === 'pass' && objections.length === 0 && facts.frozen === false;",
    'const proved = true;',
  ),
);
const nothingSpeaksAgainstShifting = replacing(
  'oldColour, kind }: ShiftFacts): string[] {',
  'oldColour, kind }: ShiftFacts): string[] {\n  if (size > 0) return [];',
);

export const guards: readonly Guard[] = [
  {
    id: '1',
    without: 'the look at the machines, before users are sent to them, and the judge, who would see users fail',
    scenario: 'new-colour-short',
    saying: /green got weight \d+ .* with 1 of 2 healthy targets/,
    removals: [
      decide(['shift'], nothingSpeaksAgainstShifting),
      decide(['watch'], all(nothingSpeaksAgainstShifting, everythingPasses)),
    ],
  },
  {
    id: '1',
    without: 'the machines that the old colour was given meanwhile',
    scenario: 'live-grown',
    saying: /green got weight 10 .* with 2 of 3 healthy targets/,
    removals: [step('shift', replacing('Math.max(plan.size, old.desired)', 'plan.size'))],
  },
  {
    id: '2',
    without: 'the comparison of the rule with what was written last',
    scenario: 'weights-reset',
    saying: /green was raised to 50 .* from blue 100, green 0, which Mainstay had not written/,
    removals: [
      decide(
        ['watch'],
        all(
          replacing("if (!facts.undisturbed) return back('drift', 'somebody else changed the weights');", ''),
          everythingPasses,
        ),
      ),
      step('shift', replacing('if (![before, percent].some(', 'if (false && ![before, percent].some(')),
    ],
  },
  {
    id: '3',
    without: 'the colour that the listener calls live, and the last look before the idle one is touched',
    scenario: 'good-release',
    saying: /did \w+ to blue .* which had users/,
    removals: [
      decide(
        ['snapshot'],
        replacing("const to: Colour = from === 'blue' ? 'green' : 'blue';", 'const to: Colour = from;'),
      ),
      shared(
        'blue-green/idle',
        ['empty', 'prepare'],
        replacing('if (rule === null || rule[to] > 0) {', 'if (rule === null) {'),
      ),
    ],
  },
  {
    id: '4',
    without: 'the proof by answers',
    scenario: 'good-release',
    saying: /weight 100 .* without a request that proved it/,
    removals: [skipping('Note the shift', 'Wait to watch')],
  },
  {
    id: '5',
    without: 'the verdict',
    scenario: 'passes-health',
    saying: /green was raised to \d+ .* although it had failed/,
    removals: [decide(['watch'], everythingPasses)],
  },
  {
    id: '5',
    without: 'the look at the alarms before a step',
    scenario: 'alarm-before-users',
    saying: /green was raised to 10 .* although \S*order-rate had rung/,
    removals: [shared('blue-green/quiet', ['shift', 'commit'], replacing("state === 'ALARM'", 'false'))],
  },
  {
    id: '6',
    without: 'the look at the rule while the new colour is waited for',
    scenario: 'split-while-prepared',
    saying: /somebody else set blue 50, green 50 .* and nothing was done or told/,
    removals: [shared('blue-green/idle', ['check-health'], replacing('rule[to] > 0', 'rule[to] > 100'))],
  },
  {
    id: '6',
    without: 'the comparison of the rule, and what is told when it does not hold',
    scenario: 'weights-reset',
    saying: /somebody else set blue 100, green 0 .* and nothing was done or told about it/,
    removals: [
      decide(
        ['watch'],
        replacing("if (!facts.undisturbed) return back('drift', 'somebody else changed the weights');", ''),
      ),
    ],
  },
  {
    id: '6',
    without: 'the look at the listener between releases',
    scenario: 'weights-changed-between-releases',
    saying: /somebody else set blue 95, green 5 .* and nothing was done or told about it/,
    removals: [step('reconcile', replacing('await watchRule(ports, seen, scheduledAt);', ';'))],
  },
  {
    id: '7',
    without: 'the condition of the lease, and the turn that a candidate waits for',
    scenario: 'two-pushes',
    saying: /took the lease .* ran/,
    removals: [
      decide(['admit', 'reconcile'], replacing('lease ? `${lease.releaseId} is under way` : null,', 'null,')),
      shared(
        'shared/aws/releases-table',
        ['take-lease'],
        replacing(
          'only: `attribute_not_exists(#lease) AND ',
          'only: `(attribute_exists(pk) OR attribute_not_exists(#lease)) AND ',
        ),
      ),
    ],
  },
  {
    id: '8',
    without: 'the look whether the record has the entry already',
    scenario: 'dies-after-intent',
    saying: /the record says '.*shifting.*' twice/,
    removals: [
      shared('shared/aws/chronicle', ['shift'], replacing('if (last.some(({ id }) => id === entry.id)) return;', '')),
    ],
  },
  {
    id: '9',
    without: 'the end of the lease, in the last step and in the clean-up',
    scenario: 'good-release',
    saying: /ended and still holds the lease/,
    removals: [
      shared(
        'blue-green/conclude',
        ['finish', 'clean-up'],
        replacing(
          'done: (seen) => !holds(seen, release),\n    act: () => releases.giveUp(release),',
          'done: () => true,\n    act: async () => {},',
        ),
      ),
    ],
  },
  {
    id: '10',
    without: 'the end of the candidate, and the look whether it is live already',
    scenario: 'good-release',
    saying: /was begun again .* without anybody asking/,
    removals: [
      shared('blue-green/conclude', ['finish'], replacing('await releases.drop(releaseId);', ';')),
      decide(
        ['admit', 'reconcile'],
        replacing("if (digest === liveDigest) return { is: 'known', says: 'it is live already' };", ''),
      ),
    ],
  },
  {
    id: '11',
    without: 'the comparison of the answers with the digest that was admitted',
    scenario: 'names-another-digest',
    saying: /users got sha256:\w+, which calls itself sha256:9+/,
    removals: [
      step(
        'check-health',
        replacing(
          'answers.find((answer) => answer.digest !== digest)',
          'answers.find((answer) => answer.digest === "")',
        ),
      ),
      step('validate', replacing('if (digest !== plan.digest)', "if (digest === '')")),
      step(
        'prove',
        replacing('if ((await ask()).digest === plan.digest)', 'if ((await ask()).digest !== plan.oldDigest)'),
      ),
    ],
  },
  {
    id: '12',
    without: 'the rows about scan and signature',
    scenario: 'critical-finding',
    saying: /users got .* which must not be admitted/,
    removals: [
      decide(['admit', 'reconcile'], replacing('scanRow(facts), signatureRow(facts), schemaRow', 'schemaRow')),
    ],
  },
  {
    id: '12',
    without: 'the proof of a signature: the registry’s word is believed',
    scenario: 'signature-of-another-image',
    saying: /users got .* which must not be admitted/,
    removals: [
      decide(
        ['admit', 'reconcile'],
        all(
          replacing("if (wrong.length > 0) return { is: 'wrong', says: wrong.join('; ') };", ''),
          replacing(
            "return { is: 'missing', says: 'the registry says that it is signed, and no signature lies beside it' };",
            "return { is: 'ok', says: 'COMPLETE' };",
          ),
        ),
      ),
    ],
  },
  {
    id: '12',
    without: 'the question whose root a signature comes from',
    scenario: 'signed-by-another-root',
    saying: /users got .* which must not be admitted/,
    removals: [
      shared(
        'blue-green/verify-signature',
        ['admit', 'reconcile'],
        replacing('if (!trust.signingRoots.includes(root)) {', "if (root === '') {"),
      ),
    ],
  },
  {
    id: '12',
    without: 'the question whether a signature was revoked',
    scenario: 'revoked-profile',
    saying: /users got .* which must not be admitted/,
    removals: [
      shared(
        'blue-green/signatures',
        ['admit', 'reconcile'],
        replacing('return afterRevocation(verification, revoked);', 'return verification;'),
      ),
    ],
  },
  {
    id: '13',
    without: 'the policy of the repository, which lets nobody delete images',
    scenario: 'images-cleaned-up',
    saying: /the image of sha256:\w+, which is kept, is gone/,
    removals: [
      {
        slug: 'region',
        type: 'AWS::ECR::Repository',
        resource: 'Images',
        edit(properties: Record<string, unknown>) {
          if (!properties.RepositoryPolicyText) throw new Error('the repository has no policy');
          delete properties.RepositoryPolicyText;
        },
      },
    ],
  },
  {
    id: '14',
    without: 'the evidence that a step needs',
    scenario: 'no-metrics',
    saying: /although there were no metrics since the step before/,
    removals: [decide(['watch'], everythingPasses)],
  },
  {
    id: '15',
    without: 'the verdict',
    scenario: 'two-percent-errors',
    saying: /was committed .* which is a bad release/,
    removals: [decide(['watch'], everythingPasses)],
  },
  {
    id: '15',
    without: 'what the load balancer answered by itself and the old release does not account for',
    scenario: 'hangs-up',
    saying: /was committed .* which is a bad release/,
    removals: [
      shared(
        'blue-green/attribution',
        ['watch'],
        all(
          replacing('const gateway = balancer.gateway ?? 0;', 'const gateway = 0;'),
          replacing('const errors = Math.max(balancer.errors ?? 0, gateway);', 'const errors = 0;'),
        ),
      ),
    ],
  },
  {
    id: '16',
    without: 'the dimension that says which colour is asked about',
    scenario: 'good-release',
    saying: /the judge asked about another target group than the candidate's/,
    removals: [
      shared(
        'shared/aws/release-metrics',
        ['watch'],
        replacing('Value: colours[colour].targetGroupArn', 'Value: colours.blue.targetGroupArn'),
      ),
    ],
  },
  {
    id: '17',
    without: 'the pin of the old colour',
    scenario: 'scaling-policy',
    saying: /blue was made smaller, to 1 of 2/,
    removals: [
      step(
        'pin',
        all(
          replacing('done: ({ pinned }) => pinned,', 'done: () => true,'),
          replacing('done: (view) => view.min >= plan.size && view.desired >= plan.size,', 'done: () => true,'),
        ),
      ),
      decide(['shift', 'watch'], nothingSpeaksAgainstShifting),
    ],
  },
  {
    id: '17',
    without: 'the suspension of schedules',
    scenario: 'scheduled-action',
    saying: /blue was made smaller, to 1 of 2/,
    removals: [
      shared(
        'shared/aws/ec2-environment',
        ['hold-idle', 'pin', 'shift', 'watch'],
        replacing("'AlarmNotification', 'ScheduledActions',", "'AlarmNotification',"),
      ),
      decide(['shift', 'watch'], nothingSpeaksAgainstShifting),
    ],
  },
  {
    id: '18',
    without: "the obedience to a person's decision",
    scenario: 'person-rolls-back',
    saying: /the rollback that alice asked for .* was not made/,
    removals: [
      decide(['watch'], replacing("if (steering?.decision === 'roll-back') return back('person', `${byPerson}`);", '')),
    ],
  },
  {
    id: '18',
    without: 'the look whether a person took the release back, before more users are sent',
    scenario: 'person-rolls-back-while-it-waits',
    saying: /green was raised .* although alice had taken the release back/,
    removals: [
      shared(
        'blue-green/lease',
        ['shift'],
        replacing("if (steering?.decision === 'roll-back') throw", 'if (false) throw'),
      ),
    ],
  },
  {
    id: '19',
    without: 'what is kept at the commit',
    scenario: 'good-release',
    saying: /nothing was kept at the commit/,
    removals: [
      step('commit', (text) => {
        const found = /const retained: Retained \| null =[^;]*;/.exec(text);
        if (!found) throw new Error('no retained in commit.ts');
        return text.replace(found[0], 'const retained: Retained | null = null;');
      }),
    ],
  },
  {
    id: '19',
    without: 'the look at what is kept, each minute',
    scenario: 'return-without-machines',
    saying: /blue, kept until .*, was lost .*, and nothing says so/,
    removals: [step('reconcile', replacing('await watchKept(ports, seen, scheduledAt);', ';'))],
  },
  {
    id: '20',
    without: 'the end of stickiness, when users are taken back',
    scenario: 'sticky-sessions',
    saying: /users got .* after a rollback to/,
    removals: [
      shared(
        'blue-green/retreat',
        ['roll-back', 'clean-up'],
        all(
          replacing('const wanted = { ...lastGood, stickySeconds: 0 };', 'const wanted = lastGood;'),
          replacing(
            'if (!sameShares(rule, wanted) || rule?.stickySeconds !== 0) await',
            'if (!sameShares(rule, wanted)) await',
          ),
        ),
      ),
    ],
  },
  {
    id: '21',
    without: 'every objection of the reaper',
    scenario: 'kept-for-a-day',
    saying: /blue was made smaller .* before its time/,
    removals: [
      decide(
        ['reap'],
        replacing(
          '(requests ?? 0) > 0 ? `${requests} requests in the last minutes` : null,\n  ].filter((reason) => reason !== null);',
          '].filter(() => false);',
        ),
      ),
    ],
  },
  {
    id: '22',
    without: 'the end of a step that is not proved',
    scenario: 'no-metrics',
    saying: /users were left with 10 % on green/,
    removals: [decide(['watch'], replacing('if (seconds >= secondsMax) return back(', 'if (false) return back('))],
  },
  {
    id: '23',
    without: 'the urgency of a fix',
    scenario: 'hotfix',
    saying: /the fix that alice asked for .* was never begun/,
    removals: [
      decide(
        ['snapshot'],
        replacing("const urgent = kind !== 'push' && kind !== 'redeploy';", 'const urgent = false;'),
      ),
    ],
  },
  {
    id: '24',
    without: 'the intent on the record, before the rule is written',
    scenario: 'good-release',
    saying: /nothing in the record says that green would get 10/,
    removals: [step('shift', (text) => replacing("'shifting', {", "'shifted', {")(text))],
  },
];
