/**
 * A database's migration around two releases: a function of the customer's, deployed beside the stacks and named by the
 * configuration, is asked to expand before users meet a release and to contract after the one before was let go.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployed } from '../../console/deployment/deploy.ts';
import { standUp } from '../../console/deployment/stand-up.ts';
import { removeAssembly, synthesize } from '../../console/deployment/synthesize.ts';
import { type BlueGreenRun, runScenario } from '../../console/drills/blue-green/drill.ts';
import type { Act, Scenario } from '../../console/drills/blue-green/scenario.ts';
import { at, push } from '../../console/drills/blue-green/scenarios/parts.ts';
import { loadConfiguration } from '../../infra/config/index.ts';
import type { Cloud } from '../../simulator/cloud.ts';

/** Two releases of a busy machine's. */
const MINUTES = 900_000;

const FunctionName = 'orders-prod-migrate';

/** It has no more schemas than three, tells what it is asked for, and refuses what it does not have. */
const PROGRAM = `
class InvalidMigration extends Error { name = 'InvalidMigration'; }
exports.handler = async (order) => {
  console.log(JSON.stringify(order));
  if (order.schema > 3) throw new InvalidMigration('there is no schema ' + order.schema);
};`;

const folder = mkdtempSync(join(tmpdir(), 'mainstay-migration-'));
let assembly: string;
let deployed: Deployed;

beforeAll(async () => {
  const prod = loadConfiguration('prod');
  const environment = join(folder, 'prod.json');
  // What is asked does not depend on how long a release is watched.
  const quick = { mode: 'atomic', bakeSeconds: 300, bakeSecondsMax: 600 } as const;
  const release = { ...prod.release, ...quick, migrationFunction: FunctionName };
  writeFileSync(environment, JSON.stringify({ ...prod, release }));
  assembly = await synthesize(environment);
  deployed = await standUp(assembly, environment);
  for (const region of prod.regions.serving) await customersFunction(deployed.cloud, region);
}, MINUTES);

afterAll(() => {
  removeAssembly(assembly);
  rmSync(folder, { recursive: true });
});

async function customersFunction(cloud: Cloud, region: string): Promise<void> {
  const Principal = { Service: 'lambda.amazonaws.com' };
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] };
  const AssumeRolePolicyDocument = JSON.stringify(trust);
  const RoleName = `${FunctionName}-${region}`;
  const { Role } = await cloud.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument }, { region });
  const ZipFile = zipSync({ 'index.js': strToU8(PROGRAM) });
  const made = { FunctionName, Role: Role?.Arn, Runtime: 'nodejs24.x' as const, Handler: 'index.handler' };
  await cloud.call('lambda', 'CreateFunction', { ...made, Code: { ZipFile } }, { region });
}

const schema = (min: number, max: number) => ({
  labels: { 'mainstay.schema.min': String(min), 'mainstay.schema.max': String(max) },
});

const sinceCommit = (seconds: number, does: Act) => at(0, { act: 'after', state: 'Commit', seconds, does });

const run = (more: Pick<Scenario, 'expected' | 'acts' | 'seconds'>): Promise<BlueGreenRun> => {
  const { cloud, configuration } = deployed;
  const scenario: Scenario = {
    title: 'a migration',
    policy: { retainSeconds: 600 },
    toTheEnd: true,
    wants: [],
    ...more,
  };
  return runScenario(cloud, configuration, { name: 'migration', scenario, decoded: true }, 1);
};

/** What the function was asked for, in order, with the seconds since the scenario began and the region. */
const ordersIn = ({ cloud, evidence }: BlueGreenRun) =>
  cloud.trace.entries.flatMap((entry) => {
    const { function: name, line } = entry.detail as { function?: string; line?: { phase: string; schema: number } };
    if (entry.what !== 'log' || name !== FunctionName || !line) return [];
    return [{ t: entry.t / 1000 - evidence.faultAt, region: entry.region, asked: `${line.phase} ${line.schema}` }];
  });

describe('a migration of the database', () => {
  it(
    'expands before the first user and contracts after the retention, to what both releases and then one work with',
    async () => {
      const drill = await run({
        expected: 'committed',
        acts: [at(0, push('1.1.0', schema(1, 2))), sinceCommit(1620, push('1.2.0', schema(2, 3)))],
        seconds: 5100,
      });
      expect(drill.result.invariants.violated).toEqual([]);
      expect(drill.result.outcome).toBe('committed');
      const orders = ordersIn(drill);
      // Of what was there before nothing is known: the function itself must know where it may go.
      expect(orders.map(({ asked }) => asked)).toEqual(['expand null', 'contract 2', 'expand 2', 'contract 3']);
      expect(new Set(orders.map(({ region }) => region))).toEqual(new Set([drill.evidence.policy.region]));
      const told = (what: RegExp) => drill.result.timeline.filter((entry) => what.test(entry.what)).map(({ t }) => t);
      const [commits, firstUsers] = [told(/^Commit$/), told(/^the first user gets/)];
      for (const [index, expanded] of [orders[0], orders[2]].entries()) {
        expect(expanded?.t).toBeLessThan(firstUsers[index] as number);
      }
      for (const [index, contracted] of [orders[1], orders[3]].entries()) {
        expect(contracted?.t).toBeGreaterThan((commits[index] as number) + 600);
      }
    },
    MINUTES,
  );

  it(
    'that is refused ends the release before any user meets it, and is not asked again',
    async () => {
      const drill = await run({
        expected: 'abandoned',
        acts: [at(0, push('1.1.0', schema(1, 4))), sinceCommit(120, push('1.2.0', schema(4, 5)))],
        seconds: 2400,
      });
      expect(drill.result.invariants.violated).toEqual([]);
      expect(drill.result.outcome).toBe('abandoned');
      expect(ordersIn(drill).map(({ asked }) => asked)).toEqual(['expand null', 'expand 4']);
    },
    MINUTES,
  );
});
