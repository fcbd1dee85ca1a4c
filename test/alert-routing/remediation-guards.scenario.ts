/** Each guard of a remediation is taken away, nothing else is changed, and a move is asked for that must not be. */
import { describe, expect, it } from 'vitest';
import { play } from '../../console/drills/alert-routing/play.ts';
import { scenarios } from '../../console/drills/alert-routing/scenarios.ts';
import { type Removal, sceneWithout } from './scene.ts';

const core = { source: 'functions/alert-routing/remediation.ts', functions: ['remediate'] };

const guards: readonly (Removal & { readonly without: string; readonly scenario: string })[] = [
  {
    without: 'the second signal',
    scenario: 'remediation-one-signal',
    ...core,
    from: 'const other = second.find(',
    to: 'const other = one ?? second.find(',
  },
  {
    without: 'the switch',
    scenario: 'remediation-switched-off',
    source: 'functions/alert-routing/remediate.ts',
    functions: ['remediate'],
    from: 'await automation.isOn().catch(() => null)',
    to: '(await automation.isOn().catch(() => null)) !== undefined',
  },
  {
    without: 'the cooldown',
    scenario: 'remediation-cooldown',
    ...core,
    from: 'if (again === null || again <= now)',
    to: 'if (again !== 0)',
  },
];

describe('without its guard', () => {
  it.each(guards)('$scenario asks for a move that nobody wants: without $without', async ({ scenario, ...removal }) => {
    const { faults } = await play(await sceneWithout(removal), scenarios[scenario]!, 1);
    expect(faults.join('\n')).toMatch(/not wanted: 'bus us-west-2' about 'Region failover requested'/);
  });
});
