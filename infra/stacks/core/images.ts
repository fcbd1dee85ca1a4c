/**
 * The application's images (req W3, W4): tags never move, every push is scanned, the registry signs it, and nothing is
 * deleted. A release is admitted by what scan and signature say.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSigningConfiguration, Repository, TagMutability } from 'aws-cdk-lib/aws-ecr';
import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSigningProfile } from 'aws-cdk-lib/aws-signer';
import type { Construct } from 'constructs';
import type { Names } from '../../names.ts';

/** Notation, as ECR's managed signing makes it (AWS Signer Developer Guide, "Signing platforms"). */
const PLATFORM = 'Notation-OCI-SHA384-ECDSA';

export function images(scope: Construct, { names }: { readonly names: Names }): Repository {
  const repository = new Repository(scope, 'Images', {
    repositoryName: names.repository,
    imageTagMutability: TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // Nobody deletes what may be live or kept for a rollback (blue-green/I13): whoever must, changes this policy first.
  repository.addToResourcePolicy(
    new PolicyStatement({
      sid: 'ImagesStay',
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions: ['ecr:BatchDeleteImage', 'ecr:PutLifecyclePolicy'],
    }),
  );
  const profile = new CfnSigningProfile(scope, 'ImageSigner', { platformId: PLATFORM });
  // The whole registry has one such configuration: environments that share an account would take it from each other.
  new CfnSigningConfiguration(scope, 'ImageSigning', {
    rules: [
      {
        signingProfileArn: profile.attrArn,
        repositoryFilters: [{ filter: names.repository, filterType: 'WILDCARD_MATCH' }],
      },
    ],
  });
  return repository;
}
