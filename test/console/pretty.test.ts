/** One event of a trace as a readable line. */
import { expect, it } from 'vitest';
import { PlainNames } from '../../console/plain-names.ts';
import { prettyLine } from '../../console/pretty.ts';

const names = new PlainNames(new Map([['orders-prod-PromoteFunctionBCB62608-NLQXOU2OD3UP', 'promote']]));

it('says when, where, what, who and about what', () => {
  const entry = {
    t: 468_301,
    region: 'us-east-2',
    source: 'rds',
    what: 'FailoverGlobalCluster',
    detail: {
      by: 'role/orders-prod-PromoteFunctionBCB62608-NLQXOU2OD3UP',
      input: { GlobalClusterIdentifier: 'orders-prod', TargetDbClusterIdentifier: 'arn:aws:rds:us-east-2:1:cluster:c' },
    },
  };
  expect(prettyLine(entry, names)).toBe(
    '  7:48.301  us-east-2   rds:FailoverGlobalCluster             promote          GlobalClusterIdentifier=orders-prod TargetDbClusterIdentifier=cluster:c',
  );
});

it('keeps to one line of a readable length', () => {
  const line = prettyLine(
    { t: 0, region: 'us-east-2', source: 'lambda', what: 'log', detail: { line: 'a\nb '.repeat(300) } },
    names,
  );
  expect(line).not.toContain('\n');
  expect(line.length).toBeLessThan(250);
  expect(line).toMatch(/…$/);
});

it('says of a line of a log its message', () => {
  const line = { level: 'ERROR', message: 'the handler failed', timestamp: 'x', trace: ['…'] };
  expect(prettyLine({ t: 0, region: 'us-east-2', source: 'lambda', what: 'log', detail: { line } }, names)).toMatch(
    /line=ERROR the handler failed$/,
  );
});

it('needs no detail', () => {
  expect(prettyLine({ t: 61_005, region: 'us-west-2', source: 'world', what: 'region.dark' }, names)).toBe(
    '  1:01.005  us-west-2   world:region.dark',
  );
});
