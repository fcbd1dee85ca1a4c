/** A right that is added to a template and that nothing uses is reported by role, action and resource (`mainstay permissions`). */
import { expect, it } from 'vitest';
import { standUp } from '../../console/deployment/stand-up.ts';
import { judge } from '../../console/permissions/judge.ts';
import { PermissionLedger, textOf } from '../../console/permissions/ledger.ts';
import { explanations } from '../../infra/unused-permissions.ts';
import { iam } from '../../simulator/iam/service.ts';
import type { IamState } from '../../simulator/iam/state.ts';
import { changedAssembly } from '../assembly-copies.ts';

const ADDED = {
  Sid: 'Added',
  Effect: 'Allow',
  Action: 'dynamodb:DeleteItem',
  Resource: 'arn:aws:dynamodb:*:*:table/orders-prod-failover',
};
const REPORT =
  'NotifyFunctionServiceRole of orders-prod-region-failover-{own}: dynamodb:DeleteItem on arn:aws:dynamodb:*:*:table/orders-prod-failover (Added)';

it('an added unused permission is reported, until a call uses it', async () => {
  const assembly = changedAssembly(({ Resources }) => {
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      if (Type === 'AWS::IAM::Policy' && id.startsWith('NotifyFunction'))
        Properties.PolicyDocument.Statement.push(ADDED);
    }
  });
  const { cloud, configuration, names } = await standUp(assembly, 'prod');
  const unexplained = (): string[] => {
    const ledger = new PermissionLedger(configuration.regions);
    ledger.add(cloud);
    return judge({ granted: ledger.granted, explanations, withTests: false }).unexplained.map(textOf);
  };
  expect(unexplained()).toContain(REPORT);

  const [region] = configuration.regions.serving;
  const notify = Object.values(cloud.stateOf<IamState>(iam, region).roles).find(({ name }) =>
    name.includes('NotifyFunction'),
  );
  const input = { TableName: names.failoverTable, Key: { pk: { S: 'none' }, sk: { S: 'none' } } };
  const caller = { kind: 'role', arn: notify?.arn ?? '', session: 'test' } as const;
  await cloud.resolve(cloud.call('dynamodb', 'DeleteItem', input, { region, caller }));
  expect(unexplained()).not.toContain(REPORT);
});
