/** What runs reached, added up; what never was; and what a state machine holds at all. */
import { describe, expect, it } from 'vitest';
import { type Coverage, counted, merge, noCoverage, report, withoutEffect } from '../../console/soak/coverage.ts';
import { everything } from '../../console/soak/machine-map.ts';

const covering = (changes: Partial<Coverage>): Coverage => ({ ...noCoverage(), ...changes });

describe('coverage', () => {
  it('adds up by name, in any order', () => {
    const runs = [['Claim', 'Claim', 'Fence'], ['Fence'], []].map((names) => covering({ states: counted(names) }));
    const sum = runs.reduce(merge, noCoverage());
    expect(sum.states).toEqual({ Claim: 2, Fence: 2 });
    expect(runs.toReversed().reduce(merge, noCoverage())).toEqual(sum);
    expect(merge(sum, noCoverage())).toEqual(sum);
  });

  it('names what was never reached where all is known, and counts where it is not', () => {
    const coverage = covering({ states: { Claim: 3 }, calls: { 'claim dynamodb:UpdateItem': 1 } });
    const sections = report(coverage, { states: ['Claim', 'Fence'] });
    expect(sections.find(({ section }) => section === 'states')).toEqual({
      section: 'states',
      reached: 1,
      of: 2,
      never: ['Fence'],
    });
    expect(sections.find(({ section }) => section === 'calls')).toMatchObject({ reached: 1, of: null, never: [] });
  });

  it('objects to a kind of fault that never took effect, once it had every chance', () => {
    const drawn = { throttle: 500, drop: 20, kms: 19, cut: 40 };
    expect(withoutEffect(covering({ drawn, hit: { throttle: 3 } }))).toEqual(['drop', 'cut']);
  });
});

describe('the map of a machine', () => {
  const task = (more: object) => ({ Type: 'Task', Resource: 'r', ...more });
  const definition = {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'Work', States: { Work: task({ End: true }) } }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Give up' }],
        Next: 'Choose',
      },
      Choose: { Type: 'Choice', Choices: [{ Condition: true, Next: 'Both' }], Default: 'Try' },
      Try: task({
        Retry: [{ ErrorEquals: ['Never'], MaxAttempts: 0 }, { ErrorEquals: ['States.TaskFailed', 'States.Timeout'] }],
        Next: 'Give up',
      }),
      'Give up': { Type: 'Fail' },
    },
  };

  it('has every state, branches included, every transition, and every error edge that can be taken', () => {
    expect(everything('m', JSON.stringify(definition))).toEqual({
      states: ['m: Both', 'm: Work', 'm: Choose', 'm: Try', 'm: Give up'],
      transitions: ['m: Both → Choose', 'm: Both → Work', 'm: Choose → Try', 'm: Choose → Both', 'm: Try → Give up'],
      retries: ['m: Try ↻ States.TaskFailed, States.Timeout'],
      catches: ['m: Both ⇥ States.ALL → Give up'],
    });
  });
});
