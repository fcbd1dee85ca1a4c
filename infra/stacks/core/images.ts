/**
 * The application's images (req W3, W4): tags never move, every push is scanned, and the registry signs it. A release is
 * admitted by what scan and signature say.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSigningConfiguration, Repository, TagMutability } from 'aws-cdk-lib/aws-ecr';
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
