/**
 * The simulator enforces the synthesized policies: one permission taken out of the template, and the drill fails with
 * AWS's own words, before anyone deploys.
 */
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { deployAssemblyInto } from '../../console/deployment/deploy.ts';
import type { RegionFailoverRun } from '../../console/drills/region-failover/drill.ts';
import { drillRegionFailover } from '../drills.ts';

const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

interface Statement {
  Action: string | string[];
}
interface Template {
  Resources: Record<string, { Type: string; Properties: { PolicyDocument: { Statement: Statement[] } } }>;
}

/** A copy of production's assembly in which no policy whose logical id begins so allows the action. */
function without(action: string, policy: RegExp): string {
  const copy = mkdtempSync(join(tmpdir(), 'mainstay-permissions-'));
  copies.push(copy);
  cpSync(join(inject('assembly'), '..'), copy, { recursive: true });
  let removed = 0;
  for (const file of globSync(join(copy, 'cdk.out', '*.template.json'))) {
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
      if (Type !== 'AWS::IAM::Policy' || !policy.test(id)) continue;
      for (const statement of Properties.PolicyDocument.Statement) {
        const actions = [statement.Action].flat();
        if (!actions.includes(action)) continue;
        // A statement must name something: what is left is a right that nothing here uses.
        const left = actions.filter((name) => name !== action);
        statement.Action = left.length > 0 ? left : 'cloudwatch:DescribeDashboards';
        removed += 1;
      }
    }
    writeFileSync(file, JSON.stringify(template));
  }
  if (removed === 0) throw new Error(`no policy ${policy} allows ${action}`);
  return join(copy, 'cdk.out');
}

const drill = (assembly: string): Promise<RegionFailoverRun> =>
  drillRegionFailover('dark-primary', 1, deployAssemblyInto(assembly, 'prod'));

const told = ({ result }: RegionFailoverRun): string[] =>
  result.timeline.filter(({ what }) => what.includes('refused')).map(({ actor, what }) => `${actor}: ${what}`);

describe('a drill without one permission', () => {
  it('to fail the database over ends incomplete, naming role, action and resource', { timeout: 300_000 }, async () => {
    const run = await drill(without('rds:FailoverGlobalCluster', /^PromoteFunction/));
    console.log(
      run.result.outcome,
      told(run),
      run.result.timeline.map((t) => `${t.t} ${t.region} ${t.actor}: ${t.what}`).join('\n'),
    );
    expect(run.result.outcome).not.toBe('failed-over');
  });
});
