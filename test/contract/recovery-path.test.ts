/**
 * DESIGN decision 3 over the whole application as it is synthesized, in both directions; and that the check objects as
 * soon as a machine, a role or a handler is given something that recovery must not depend on.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../infra/app.ts';
import { handlers } from '../../infra/bundle.ts';
import { loadConfiguration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import { readSource } from '../../infra/recovery-path/plugin.ts';
import type { Resource, SynthesizedStack } from '../../infra/recovery-path/template.ts';
import { checkRecoveryPath, type Direction } from '../../infra/recovery-path.ts';
import { writeEmptyBundles } from '../empty-bundles.ts';

const ACCOUNT = '111111111111';
const configuration = loadConfiguration('prod');
const [first, second] = configuration.regions.serving;
const { workflow } = namesOf(configuration);

const directory = mkdtempSync(join(tmpdir(), 'mainstay-recovery-path-'));
const bundles = join(directory, 'dist');
let stacks: SynthesizedStack[];

const makeApp = (outdir: string, of = configuration): App =>
  createApp(of, { account: ACCOUNT, bundles, outdir: join(directory, outdir), unchecked: true });

const stacksOf = (app: App): SynthesizedStack[] =>
  app.synth().stacks.map(({ stackName, environment, template }) => ({
    name: stackName,
    region: environment.region,
    account: environment.account,
    template,
  }));

beforeAll(() => {
  writeEmptyBundles(bundles);
  stacks = stacksOf(makeApp('whole'));
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const texts = new Map<string, string | undefined>();
const readOnce = (path: string): string | undefined => {
  if (!texts.has(path)) texts.set(path, readSource(path));
  return texts.get(path);
};

const check = (changed = stacks, read = readOnce): readonly Direction[] =>
  checkRecoveryPath({
    slug: 'region-failover',
    workflow,
    regions: configuration.regions,
    stacks: changed,
    readSource: read,
  });

const problemsTo = (region: string, directions: readonly Direction[]): readonly string[] =>
  directions.find(({ to }) => to === region)?.problems ?? [];

/** A copy of the stacks in which `change` had its way with the failover stack of one region. */
function changed(region: string, change: (resources: Record<string, Changeable>) => void): SynthesizedStack[] {
  return stacks.map((stack) => {
    if (!stack.name.includes('region-failover') || !stack.name.endsWith(region)) return stack;
    const copy = structuredClone(stack);
    change(copy.template.Resources as Record<string, Changeable>);
    return copy;
  });
}

type Changeable = Omit<Resource, 'Properties'> & { Properties: Record<string, unknown> };

const found = (resources: Record<string, Changeable>, type: string, id: RegExp): Changeable => {
  const entry = Object.entries(resources).find(([name, { Type }]) => Type === type && id.test(name));
  if (!entry) throw new Error(`no ${type} ${id}`);
  return entry[1];
};

describe('the recovery path', () => {
  it.each([first, second])('to %s depends on nothing but data planes, its own region and the witness', (region) => {
    expect(problemsTo(region, check())).toEqual([]);
  });

  it('is no other on Fargate, where services are scaled and not groups', () => {
    const fargate = stacksOf(makeApp('fargate', loadConfiguration('prod-fargate')));
    for (const { problems } of check(fargate)) expect(problems).toEqual([]);
    const text = JSON.stringify(fargate.filter(({ name }) => name.includes('region-failover')));
    expect(text).toContain('ecs:UpdateService');
    expect(text).not.toContain('autoscaling:UpdateAutoScalingGroup');
  }, 60_000);

  it('is looked at whole: every handler but those that only CloudFormation calls', () => {
    // Releases stop for a failover, and people are told by alert routing: no step of a failover waits for either.
    const path = handlers().filter(({ slug }) => slug !== 'alert-routing' && slug !== 'blue-green');
    const all = path.map(({ slug, handler }) => `${slug}/${handler}`);
    for (const { functions } of check()) {
      expect(all.filter((name) => !functions.includes(name))).toEqual(['core/forward-rule', 'region-failover/seed']);
    }
  });

  it('holds the one-way call, so what is checked is the real thing', () => {
    for (const { calls } of check()) expect(calls).toContain('rds:FailoverGlobalCluster');
  });

  it('is missed when a region has no machine', () => {
    const without = stacks.filter(({ name }) => !name.endsWith(`region-failover-${second}`));
    expect(problemsTo(second, check(without))).toEqual([
      `no stack of ${second} has the state machine ${workflow}: nothing could be moved there`,
    ]);
  });
});

describe.each([
  [first, second],
  [second, first],
])('with %s activated, a right', (to, from) => {
  const withRight = (Action: unknown, Resource: unknown, Condition?: unknown): readonly string[] =>
    problemsTo(
      to,
      check(
        changed(to, (resources) => {
          const policy = found(resources, 'AWS::IAM::Policy', /^PromoteFunction/);
          const document = policy.Properties.PolicyDocument as { Statement: unknown[] };
          document.Statement.push({ Effect: 'Allow', Action, Resource, Condition });
        }),
      ),
    );

  it.each<[string, unknown, RegExp]>([
    ['route53:ChangeResourceRecordSets', 'arn:aws:route53:::hostedzone/Z1', /control plane in us-east-1/],
    ['iam:PutRolePolicy', '*', /control plane in us-east-1/],
    ['cloudfront:UpdateDistribution', '*', /control plane in us-east-1/],
    ['organizations:ListAccounts', '*', /control plane in us-east-1/],
    ['globalaccelerator:UpdateEndpointGroup', '*', /control plane in us-west-2/],
    ['route53-recovery-control-config:UpdateSafetyRule', '*', /control plane in us-west-2/],
    ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/x`, /STS/],
    ['s3:PutBucketPolicy', `arn:aws:s3:::orders-prod-latch-${ACCOUNT}-${to}`, /a bucket's configuration/],
    ['s3:CreateBucket', '*', /a bucket's configuration/],
    ['s3:PutLifecycleConfiguration', '*', /a bucket's configuration/],
    ['acm:RequestCertificate', '*', /CloudFront/],
    ['ec2:RunInstances', '*', /not on the list/],
    ['dynamodb:*', `arn:aws:dynamodb:${to}:${ACCOUNT}:table/t`, /wildcard/],
    ['*', '*', /wildcard/],
    ['s3:PutObject', `arn:aws:s3:::orders-prod-latch-${ACCOUNT}-${from}/moved`, /the region being left/],
    ['s3:PutObject', 'arn:aws:s3:::somewhere-else/moved', /its region is not known/],
    ['s3:PutObject', '*', /a wildcard reaches every region/],
    ['rds:DescribeDBClusters', `arn:aws:rds:${from}:${ACCOUNT}:cluster:c`, /the region being left/],
    ['rds:DescribeDBClusters', `arn:aws:rds:*:${ACCOUNT}:cluster:c`, /a wildcard reaches every region/],
    ['rds:DescribeDBClusters', `arn:aws:rds:us-east-1:${ACCOUNT}:cluster:c`, /only items and objects/],
    ['ssm:GetParameter', `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/x`, /only items and objects/],
    ['ssm:GetParameter', `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/x`, /not of this application/],
    ['ssm:GetParameter', { 'Fn::ImportValue': 'of-another-stack' }, /cannot be known/],
  ])('to call %s on %j is refused', (action, resource, reason) => {
    const problems = withRight(action, resource);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`region-failover/promote may call ${action}`);
    expect(problems[0]).toMatch(reason);
  });

  it('to read what knows no resource is refused in the region being left, by its condition', () => {
    const asking = (region: string) => ({ StringEquals: { 'aws:RequestedRegion': region } });
    expect(withRight('elasticloadbalancing:DescribeRules', '*', asking(to))).toEqual([]);
    expect(withRight('elasticloadbalancing:DescribeRules', '*', asking(from))[0]).toMatch(/the region being left/);
  });

  it('to do everything but what is named is refused', () => {
    const problems = problemsTo(
      to,
      check(
        changed(to, (resources) => {
          const policy = found(resources, 'AWS::IAM::Policy', /^VerifyFunction/);
          policy.Properties.PolicyDocument = { Statement: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }] };
        }),
      ),
    );
    expect(problems).toEqual([expect.stringMatching(/region-failover\/verify may do everything but what is named/)]);
  });

  it('by a managed policy is refused', () => {
    const problems = problemsTo(
      to,
      check(
        changed(to, (resources) => {
          found(resources, 'AWS::IAM::Role', /^ScaleFunction/).Properties.ManagedPolicyArns = [
            'arn:aws:iam::aws:policy/AdministratorAccess',
          ];
        }),
      ),
    );
    expect(problems).toEqual([expect.stringMatching(/region-failover\/scale has the managed policy .*Administrator/)]);
  });

  it('of the machine itself is looked at too', () => {
    const problems = problemsTo(
      to,
      check(
        changed(to, (resources) => {
          const policy = found(resources, 'AWS::IAM::Policy', /^FailoverMachineRole/);
          const document = policy.Properties.PolicyDocument as { Statement: unknown[] };
          document.Statement.push({
            Effect: 'Allow',
            Action: 'lambda:InvokeFunction',
            Resource: `arn:aws:lambda:${from}:${ACCOUNT}:function:f`,
          });
        }),
      ),
    );
    expect(problems).toEqual([expect.stringMatching(/state machine FailoverMachine.*the region being left/)]);
  });
});

describe.each([first, second])('a machine that would activate %s', (to) => {
  interface Task {
    Resource: string;
    Arguments: { FunctionName: unknown };
    TimeoutSeconds?: number | undefined;
  }
  const withTask = (change: (task: Task) => void): readonly string[] =>
    problemsTo(
      to,
      check(
        changed(to, (resources) => {
          const machine = found(resources, 'AWS::StepFunctions::StateMachine', /^FailoverMachine/);
          const definition = JSON.parse(machine.Properties.DefinitionString as string);
          change(definition.States['Promote and scale'].Branches[0].States['Promote database']);
          machine.Properties.DefinitionString = JSON.stringify(definition);
        }),
      ),
    );

  it.each([
    ['arn:aws:states:::aws-sdk:route53:changeResourceRecordSets', /not on the list of calls/],
    ['arn:aws:states:::aws-sdk:docdb:failoverGlobalCluster', /only fenced functions change the world/],
    ['arn:aws:states:::dynamodb:updateItem', /not on the list of calls/],
    ['arn:aws:states:::states:startExecution', /not on the list of calls/],
  ])('may not use %s', (resource, reason) => {
    const problems = withTask((task) => {
      task.Resource = resource;
    });
    expect(problems).toEqual([expect.stringMatching(reason)]);
    expect(problems[0]).toContain("state 'Promote database'");
  });

  it('may read through the SDK what recovery may read', () => {
    expect(
      withTask((task) => {
        task.Resource = 'arn:aws:states:::aws-sdk:dynamodb:getItem';
      }),
    ).toEqual([]);
  });

  it('may not leave a task without a time limit', () => {
    const problems = withTask((task) => {
      task.TimeoutSeconds = undefined;
    });
    expect(problems).toEqual([expect.stringMatching(/'Promote database', has no TimeoutSeconds/)]);
  });

  it('may not call a function by an ARN of its own choice', () => {
    const problems = withTask((task) => {
      task.Arguments.FunctionName = `arn:aws:lambda:${first}:${ACCOUNT}:function:f`;
    });
    expect(problems).toEqual([expect.stringMatching(/no function of its own stack/)]);
  });
});

describe('a handler', () => {
  /** With lines put before its own in one file; both directions must object. */
  const withLines = (file: string, lines: string): readonly string[] => {
    const read = (path: string) => (path === file ? `${lines}\n${readOnce(path)}` : readOnce(path));
    const [one, other] = check(stacks, read).map(({ problems }) => problems);
    expect(other).toEqual(one);
    return one ?? [];
  };
  const PROMOTE = 'functions/region-failover/promote.ts';

  it.each<[string, string, RegExp]>([
    [
      'edits DNS records',
      "import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';",
      /calls route53:ChangeResourceRecordSets: it is a control plane in us-east-1/,
    ],
    [
      'edits rights',
      "import { PutRolePolicyCommand } from '@aws-sdk/client-iam';",
      /calls iam:PutRolePolicy: it is a control plane in us-east-1/,
    ],
    [
      'configures a bucket',
      "import {\n  PutBucketPolicyCommand,\n  S3Client,\n} from '@aws-sdk/client-s3';",
      /calls s3:PutBucketPolicy: a bucket's configuration/,
    ],
    [
      'makes a call that nobody looked at',
      "import { SwitchoverGlobalClusterCommand } from '@aws-sdk/client-docdb';",
      /calls rds:SwitchoverGlobalCluster: it is not on the list/,
    ],
    ['uses a client of all calls', "import { DocDB } from '@aws-sdk/client-docdb';", /DocDB .*no single call/],
    ['imports all calls', "import * as s3 from '@aws-sdk/client-s3';", /imports all of @aws-sdk\/client-s3/],
    ['imports another package', "import { Client } from 'ssh2';", /imports ssh2/],
    ['imports for effects', "import 'node:http';", /imports node:http for its effects/],
    ['imports while it runs', "const net = await import('node:net');", /imports while it runs/],
    ['does not say the region', 'const client = new DynamoDBClient({});', /DynamoDBClient without saying its region/],
    ['names a region', "const elsewhere = 'us-west-2';", /names us-west-2/],
    ['goes round the SDK', "const url = 'https://iam.amazonaws.com';", /without an SDK client/],
  ])('is refused when it %s', (_, lines, reason) => {
    const problems = withLines(PROMOTE, lines);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(reason);
    expect(problems[0]).toContain('region-failover/promote (functions/region-failover/promote.ts)');
  });

  it('is refused for what a file that it imports calls, with every other handler that imports it', () => {
    const problems = withLines(
      'functions/shared/aws/docdb.ts',
      "import { DeleteDBClusterCommand } from '@aws-sdk/client-docdb';",
    );
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'region-failover/assess',
      'region-failover/configure',
      'region-failover/promote',
    ]);
  });

  it('may import types of anything: they are gone when it runs', () => {
    expect(withLines(PROMOTE, "import type { Route53 } from '@aws-sdk/client-route-53';")).toEqual([]);
  });

  it('gives every client its region and its limits: one second to connect, three to answer', () => {
    const text = readFileSync('functions/shared/aws/client.ts', 'utf8');
    expect(text).toMatch(/clientOptions = \(region: string\) => \(\{\s+region,/);
    expect(text).toMatch(/connectionTimeout: 1_000, requestTimeout: 3_000/);
  });
});

describe('synthesis', () => {
  it('fails when a role of the recovery path is given a global control plane', () => {
    const app = makeApp('broken');
    const stack = app.node.findChild(`orders-prod-region-failover-${second}`) as Stack;
    const role = stack.node.findAll().find((node) => Role.isRole(node) && node.node.path.includes('/ShiftTraffic/'));
    (role as Role).addToPolicy(
      new PolicyStatement({ actions: ['route53:ChangeResourceRecordSets'], resources: ['*'] }),
    );
    expect(() => app.synth()).toThrow(
      `a move to ${second}: orders-prod-region-failover-${second}: region-failover/shift-traffic may call route53:ChangeResourceRecordSets`,
    );
  });
});
