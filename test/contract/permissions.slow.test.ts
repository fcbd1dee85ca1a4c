/**
 * infra/unused-permissions.ts speaks of roles that there are. After a suite explanations are asked about where their role was
 * deployed and its capability run as a whole (test/permissions.ts); of a role that no stack has any more, nobody would ask.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drills } from '../../console/drills/index.ts';
import { concerns } from '../../console/permissions/judge.ts';
import { type Granted, withoutHash } from '../../console/permissions/ledger.ts';
import { createApp } from '../../infra/app.ts';
import { loadConfiguration } from '../../infra/config/index.ts';
import { type Explanation, explanations } from '../../infra/unused-permissions.ts';
import { writeEmptyBundles } from '../empty-bundles.ts';
import { checkPermissions } from '../permissions.ts';

const directory = mkdtempSync(join(tmpdir(), 'mainstay-roles-'));

/** Of every stack of production, with all capabilities. */
let roles: { readonly role: string }[];

beforeAll(() => {
  const bundles = join(directory, 'dist');
  writeEmptyBundles(bundles);
  const options = { account: '111111111111', outdir: join(directory, 'cdk.out'), bundles, unchecked: true };
  const { stacks } = createApp(loadConfiguration('prod'), options).synth();
  roles = stacks.flatMap(({ template }) =>
    Object.entries((template as { Resources: Record<string, { Type: string }> }).Resources).flatMap(
      ([logicalId, { Type }]) => (Type === 'AWS::IAM::Role' ? [{ role: withoutHash(logicalId) }] : []),
    ),
  );
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const ofNobody = (all: readonly Explanation[]): string[] =>
  all.filter((each) => !concerns(each, roles)).map(({ role, actions }) => `${role}: ${actions.join(', ')}`);

it('every explanation is about a role that a stack of production has', () => {
  expect(roles.length).toBeGreaterThan(40);
  expect(ofNobody(explanations)).toEqual([]);
});

it('one about a role that is in no stack any more is found here', () => {
  const gone = { role: 'GoneFunctionServiceRole', actions: ['sns:Publish'], because: 'it was once' };
  expect(ofNobody([...explanations, gone])).toEqual(['GoneFunctionServiceRole: sns:Publish']);
});

/** The ledger of a suite that ran everything in a cloud where only these permissions were granted. */
function suiteWith(name: string, granted: readonly Granted[]): string {
  const scenarios = Object.values(drills).flatMap((drill) =>
    Object.keys(drill.scenarios).map((scenario) => `${drill.slug}/${scenario}`),
  );
  const runs = [...scenarios, ...explanations.flatMap(({ usedBy }) => usedBy ?? [])];
  const folder = join(directory, name);
  mkdirSync(folder);
  writeFileSync(join(folder, '1.json'), JSON.stringify({ runs, granted }));
  return folder;
}

it('the look after a suite leaves those alone whose role was not deployed, and asks about one that was', async () => {
  await expect(checkPermissions(suiteWith('nothing', []))).resolves.toBeUndefined();
  const declare: Granted = {
    stack: 'orders-prod-region-failover-{own}',
    role: 'DeclareFunctionServiceRole',
    policy: null,
    statement: '#0',
    action: 'sqs:SendMessage',
    resource: 'arn:aws:sqs:{own}:111111111111:orders-prod-declare',
    used: true,
  };
  await expect(checkPermissions(suiteWith('declare', [declare]))).rejects.toThrow(
    'explanation for DeclareFunctionServiceRole: sns:Publish: no role is granted sns:Publish; take it out',
  );
});
