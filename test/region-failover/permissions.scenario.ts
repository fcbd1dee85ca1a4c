/**
 * The simulator enforces the synthesized policies: one permission taken out of a template, and the drill fails with
 * AWS's own words, before anyone deploys.
 */
import { describe, expect, it } from 'vitest';
import { standUp } from '../../console/deployment/stand-up.ts';
import { held } from '../../console/drill/result.ts';
import type { RegionFailoverRun } from '../../console/drills/region-failover/drill.ts';
import { summaryLines } from '../../console/summary.ts';
import { changedAssembly } from '../assembly-copies.ts';
import { drillRegionFailover } from '../drills.ts';

interface Statement {
  Action: string | string[];
}

/** An assembly in which no policy whose logical id begins so allows the action. */
function without(action: string, policy: RegExp): string {
  let removed = 0;
  const directory = changedAssembly(({ Resources }) => {
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      if (Type !== 'AWS::IAM::Policy' || !policy.test(id)) continue;
      const document = Properties.PolicyDocument as { Statement: Statement[] };
      for (const statement of document.Statement) {
        const actions = [statement.Action].flat();
        if (!actions.includes(action)) continue;
        statement.Action = actions.filter((name) => name !== action);
        removed += 1;
      }
      document.Statement = document.Statement.filter(({ Action }) => Action.length > 0);
    }
  });
  if (removed === 0) throw new Error(`no policy ${policy} allows ${action}`);
  return directory;
}

const drill = (assembly: string): Promise<RegionFailoverRun> =>
  drillRegionFailover('dark-primary', 1, standUp(assembly, 'prod'));

describe('a drill without one permission', { timeout: 300_000 }, () => {
  it('to fail the database over ends incomplete, and says role, action and resource', async () => {
    const { result, report } = await drill(without('rds:FailoverGlobalCluster', /^PromoteFunction/));
    const refusal = new RegExp(
      [
        'AccessDenied: User: arn:aws:sts::111111111111:assumed-role/orders-prod-region-failov\\S*Promote\\S*',
        'is not authorized to perform: rds:FailoverGlobalCluster',
        'on resource: arn:aws:rds::111111111111:global-cluster:orders-prod',
        'because no identity-based policy allows the rds:FailoverGlobalCluster action',
      ].join(' '),
    );
    expect(result.outcome).toBe('incomplete');
    expect(held(result)).toBe(false);
    const told = result.timeline.filter(({ what }) => refusal.test(what));
    expect(told).toEqual([expect.objectContaining({ actor: 'promote', region: 'us-east-2' })]);
    expect(result.invariants.violated).toContainEqual({
      id: 'region-failover/rights',
      message: expect.stringMatching(refusal),
    });
    expect(summaryLines(result, report).join('\n')).toMatch(refusal);
  });

  it('that the code can do without fails all the same', async () => {
    const { result } = await drill(without('s3:PutObject', /^VerifyFunction/));
    expect(result.outcome).toBe('failed-over');
    expect(held(result)).toBe(false);
    expect(result.invariants.violated.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/assumed-role\/\S*Verify\S* is not authorized to perform: s3:PutObject on resource/),
    );
  });

  it("of the application's instances does not even begin, and says why", async () => {
    const failure = await drill(without('dynamodb:UpdateItem', /^InstanceRole/)).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'DoesNotComeUp' });
    expect((failure as Error).message).toMatch(
      /nobody took the write lease\n.*assumed-role\/\S*InstanceRole\S* is not authorized to perform: dynamodb:UpdateItem on resource: arn:aws:dynamodb:us-west-2:111111111111:table\/orders-prod-authority/,
    );
  });
});
