/** What the application's instances may do: read their release, renew the write lease, read their configuration. */
import { Stack } from 'aws-cdk-lib';
import type { Repository } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../../acknowledge.ts';
import type { Configuration } from '../../config/index.ts';
import { COLOURS, type Names } from '../../names.ts';

const BY = { ec2: 'ec2.amazonaws.com', fargate: 'ecs-tasks.amazonaws.com' } as const;

export function instanceRole(
  scope: Construct,
  { configuration, names, repository }: { configuration: Configuration; names: Names; repository: Repository },
): Role {
  const { account, region } = Stack.of(scope);
  const role = new Role(scope, 'InstanceRole', {
    assumedBy: new ServicePrincipal(BY[configuration.compute.kind]),
  });
  repository.grantPull(role);
  const parameter = (name: string) => `arn:aws:ssm:${region}:${account}:parameter${name}`;
  role.addToPolicy(
    new PolicyStatement({
      // Read at boot, before the image is there.
      sid: 'Release',
      actions: ['ssm:GetParameter'],
      resources: COLOURS.map((colour) => parameter(names.digestParameter(colour))),
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      // Read by the application, both in one call.
      sid: 'Configuration',
      actions: ['ssm:GetParameters'],
      resources: [parameter(names.databaseParameter), parameter(names.consumersParameter)],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      sid: 'DatabaseUser',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [`arn:aws:secretsmanager:${region}:${account}:secret:${names.databaseSecret}-??????`],
    }),
  );
  const { serving, witness } = configuration.regions;
  role.addToPolicy(
    new PolicyStatement({
      // The lease is renewed through whichever of the three endpoints answers.
      sid: 'WriteLease',
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [...serving, witness].map(
        (place) => `arn:aws:dynamodb:${place}:${account}:table/${names.authorityTable}`,
      ),
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`application#${names.prefix}`] } },
    }),
  );
  acknowledge(role, {
    'IAM5[Resource::*]': 'ecr:GetAuthorizationToken has no resource-level permission',
  });
  return role;
}
