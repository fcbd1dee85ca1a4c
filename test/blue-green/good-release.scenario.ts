/** One push, in the deployed templates: all users get the new release, none loses a request, and the old one is kept. */
import { expect, inject, it } from 'vitest';
import { standUp } from '../../console/deployment/stand-up.ts';
import { handOverDecoded } from '../../simulator/runtime/decoded.ts';
import { elbv2 } from '../../simulator/services/elbv2/service.ts';
import { forkSimulation, resumeSimulation } from '../../simulator/simulation.ts';
import { stepFunctions } from '../../simulator/stepfunctions/service.ts';
import { scheduleEvents, startUsers, stopUsers } from '../../simulator/world/index.ts';
import { BlueGreenOutput } from '../../statemachines/blue-green.io.ts';

const MINUTE_MS = 60_000;
/** Evidence, machines, two steps and the bake take about half an hour. */
const MINUTES_MAX = 50;
const REGION = 'us-west-2';

async function releaseOf(behaviour: { readonly errorShare?: number }) {
  const { cloud: standing, configuration, names } = await standUp(inject('assembly'), 'prod');
  const cloud = forkSimulation(standing, 1);
  handOverDecoded(cloud);
  resumeSimulation(cloud);
  startUsers(cloud, { host: configuration.domain, ratePerSecond: 4, insideRegions: configuration.regions.serving });
  const tags = ['1.1.0'];
  scheduleEvents(cloud, [
    { afterMs: MINUTE_MS, do: 'pushImage', region: REGION, repository: names.repository, tags, behaviour },
  ]);
  const ended = () =>
    Object.values(cloud.stateOf(stepFunctions, REGION).executions).find(
      ({ arn, status }) => arn.includes(`:${names.releaseWorkflow}:`) && status !== 'RUNNING',
    );
  for (let minute = 0; minute < MINUTES_MAX && !ended(); minute++) await cloud.advance(MINUTE_MS);
  await cloud.advance(5 * MINUTE_MS);
  stopUsers(cloud);
  const output = BlueGreenOutput.parse(JSON.parse(ended()?.output ?? '{}'));
  const forwards = Object.values(cloud.stateOf(elbv2, REGION).rules).flatMap(({ Actions = [] }) => Actions);
  const both = forwards
    .map(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? [])
    .find(({ length }) => length === 2);
  const weights = both?.map(({ Weight }) => Weight);
  return { output, weights };
}

it('commits a good release with all users on it', async () => {
  const { output, weights } = await releaseOf({});
  expect(output).toMatchObject({ outcome: 'committed', cause: null });
  expect(weights).toEqual([0, 100]);
});

it('sends users back from a release that fails 5 % of its requests, within two minutes of the decision', async () => {
  const { output, weights } = await releaseOf({ errorShare: 0.05 });
  expect(output).toMatchObject({ outcome: 'rolled-back', cause: 'verdict' });
  expect(weights).toEqual([100, 0]);
  const { switchedAt = '', verifiedAt = '' } = output.retreat ?? {};
  expect(Date.parse(verifiedAt) - Date.parse(switchedAt)).toBeLessThan(120_000);
});
