/** The machine of an escalation, whole: it is a clock of its own, its end says how it went, and what dies is followed. */
import { describe, expect, it } from 'vitest';
import { play } from '../../console/drills/alert-routing/play.ts';
import type { Scenario } from '../../console/drills/alert-routing/scenario.ts';
import { scenarios } from '../../console/drills/alert-routing/scenarios.ts';
import type { Scene } from '../../console/drills/alert-routing/scene.ts';
import { alertRoutingStatus, readOpenAlerts } from '../../console/drills/alert-routing/status.ts';
import { localTarget } from '../../console/target.ts';
import { EscalationInput, EscalationOutput } from '../../statemachines/alert-routing-escalation.io.ts';
import { scene, sceneWithout } from './scene.ts';

/** How every machine of the first region ended, in the order of their beginning. */
async function machines(on: Scene, scenario: Scenario) {
  const played = await play(on, scenario, 1);
  const { cloud } = played;
  const region = on.configuration.regions.serving[0];
  const stateMachineArn = `arn:aws:states:${region}:${cloud.state.account}:stateMachine:${on.names.escalationWorkflow}`;
  const { executions = [] } = await cloud.call('states', 'ListExecutions', { stateMachineArn }, { region });
  const ends = await Promise.all(
    executions.map(async ({ executionArn }) => {
      const { status, input, output } = await cloud.call('states', 'DescribeExecution', { executionArn }, { region });
      const { attempt } = EscalationInput.parse(JSON.parse(input ?? ''));
      return { status, attempt, output: output === undefined ? null : EscalationOutput.parse(JSON.parse(output)) };
    }),
  );
  return { ...played, ends: ends.reverse() };
}

const part = (name: string, seconds: number): Scenario => ({ ...scenarios[name]!, seconds });
const phones = (told: readonly { says: string; t: number }[]) => told.filter(({ says }) => says === 'phones');

describe('the machine of an escalation', () => {
  it('waits for the next step while nobody acknowledges', async () => {
    const { ends } = await machines(await scene(), part('nobody-answers', 500));
    expect(ends).toEqual([{ status: 'RUNNING', attempt: 0, output: null }]);
  });

  it('ends within seconds of an acknowledgement in PagerDuty, and of one by a link', async () => {
    for (const name of ['outage', 'acknowledge']) {
      const { ends } = await machines(await scene(), part(name, 200));
      expect([name, ends]).toEqual([
        name,
        [{ status: 'SUCCEEDED', attempt: 0, output: { outcome: 'acknowledged', level: 0 } }],
      ]);
    }
  });

  it('ends when the episode is over', async () => {
    const { acts, ...rest } = scenarios['nobody-answers']!;
    const over = { at: 400, do: 'alarm', name: 'orders-outage', state: 'OK' } as const;
    const { ends } = await machines(await scene(), { ...rest, acts: [...acts, over], wants: [], seconds: 480 });
    expect(ends).toEqual([{ status: 'SUCCEEDED', attempt: 0, output: { outcome: 'over', level: 0 } }]);
  });

  it('ends when the default owner was told that nobody came', async () => {
    const { ends } = await machines(await scene(), scenarios.exhausted!);
    expect(ends).toEqual([{ status: 'SUCCEEDED', attempt: 0, output: { outcome: 'exhausted', level: 3 } }]);
  });

  it('gets a successor when somebody stops it', async () => {
    const { ends } = await machines(await scene(), part('escalation-aborted', 300));
    expect(ends).toMatchObject([
      { status: 'ABORTED', attempt: 0 },
      { status: 'RUNNING', attempt: 1 },
    ]);
  });
});

describe('mainstay status', () => {
  it('shows what fires, who has taken it and what is done about it, in each region', async () => {
    const on = await scene();
    const { cloud } = await play(on, part('nobody-answers', 400), 1);
    const { open, problems } = await readOpenAlerts(localTarget(cloud), on.configuration);
    expect(problems).toEqual([]);
    const alert = { severity: 'P0', names: ['orders-outage'], acknowledgedBy: null, level: 1, doing: null };
    expect(open).toEqual({ 'us-west-2': [expect.objectContaining(alert)], 'us-east-2': [] });
    const { lines } = await alertRoutingStatus(localTarget(cloud), on.configuration);
    expect(lines).toEqual([
      expect.stringMatching(/^alerts +us-west-2: P0 orders-outage since .*; nobody has taken it, 1 steps$/),
      expect.stringMatching(/^alerts +us-east-2: none is open$/),
    ]);
  });

  it('says unknown where it cannot be read', async () => {
    const on = await scene();
    const { cloud } = on;
    const target = { ...localTarget(cloud), call: () => Promise.reject(new Error('no answer')) };
    const { fields, problems, known } = await alertRoutingStatus(target as never, on.configuration);
    expect([fields, problems.length, known]).toEqual([
      { openAlerts: { 'us-west-2': null, 'us-east-2': null } },
      2,
      false,
    ]);
  });
});

describe('either clock alone', () => {
  const steps = {
    source: 'functions/alert-routing/decide.ts',
    from: 'return escalate(facts, failOver(facts, incident, course), course);',
    to: 'return failOver(facts, incident, course);',
  };
  const machine = {
    source: 'functions/alert-routing/follow.ts',
    functions: ['follow'],
    from: 'const asked = parse(FollowInput, input);',
    to: 'if (input) return {};\n    const asked = parse(FollowInput, input);',
  };
  const scenario = part('nobody-answers', 400);

  it('takes the step in time: the machine without the dispatch', async () => {
    const { notifications } = await play(
      await sceneWithout({ ...steps, functions: ['dispatch', 'intake'] }),
      scenario,
      1,
    );
    expect(phones(notifications)).toHaveLength(1);
    expect(phones(notifications)[0]!.t).toBeLessThan(330);
  });

  it('takes the step in time: the dispatch without the machine', async () => {
    const { notifications } = await play(await sceneWithout(machine), scenario, 1);
    expect(phones(notifications)).toHaveLength(1);
  });

  it('and without both nobody else is told', async () => {
    const functions = ['dispatch', 'intake', 'escalate'];
    const { notifications } = await play(await sceneWithout({ ...steps, functions }), scenario, 1);
    expect(phones(notifications)).toEqual([]);
  });
});
