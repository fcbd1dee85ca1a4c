/** What a soak of blue/green draws for a production on Fargate: the same faults, on the calls that are made there. */
import { expect, it } from 'vitest';
import { scheduleFor } from '../../console/drills/blue-green/soak.ts';
import { loadConfiguration } from '../../infra/config/index.ts';

const SEEDS = Array.from({ length: 300 }, (_, index) => index + 1);
const textOf = (environment: string): string =>
  JSON.stringify(
    SEEDS.flatMap((seed) => scheduleFor('hostile', seed, loadConfiguration(environment)).entries),
    null,
    1,
  );

it('the calls of services take the place of those of groups, and nothing else differs', () => {
  const groups = textOf('prod').split('\n');
  const services = textOf('prod-fargate').split('\n');
  const differing = groups.flatMap((line, index) => {
    const other = services[index];
    return line === other ? [] : [`${line.trim()} → ${other?.trim()}`];
  });
  expect(services).toHaveLength(groups.length);
  expect(new Set(differing.map((line) => line.replaceAll(',', '')))).toEqual(
    new Set([
      '"service": "autoscaling" → "service": "ecs"',
      '"call": "autoscaling:SuspendProcesses" → "call": "application-autoscaling:RegisterScalableTarget"',
      '"call": "autoscaling:UpdateAutoScalingGroup" → "call": "ecs:UpdateService"',
      '"call": "ssm:PutParameter" → "call": "ecs:RegisterTaskDefinition"',
    ]),
  );
  expect(services.join('\n')).not.toMatch(/"autoscaling/);
});
