/**
 * The application's images (req W3, W4): tags never move, every push is scanned, signed by the registry, and copied to the
 * other serving region; what a release may need is never deleted. A release is admitted by what scan and signature say.
 */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  CfnReplicationConfiguration,
  CfnSigningConfiguration,
  type LifecycleRule,
  Repository,
  TagMutability,
  TagStatus,
} from 'aws-cdk-lib/aws-ecr';
import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSigningProfile } from 'aws-cdk-lib/aws-signer';
import type { Construct } from 'constructs';
import type { Configuration } from '../../config/index.ts';
import type { Names } from '../../names.ts';

/** Notation, as ECR's managed signing makes it (AWS Signer Developer Guide, "Signing platforms"). */
const PLATFORM = 'Notation-OCI-SHA384-ECDSA';

/** A hundred years: a rule must name an age, and an image that a rule matches is safe from those below it. */
const FOR_EVER = Duration.days(36_500);

export interface Images {
  readonly repository: Repository;
  /** Who signs what is pushed here. */
  readonly signingProfileArn: string;
}

export interface ImagesProps {
  readonly configuration: Pick<Configuration, 'regions' | 'release'>;
  readonly names: Names;
}

export function images(scope: Construct, { configuration, names }: ImagesProps): Images {
  const { account, region } = Stack.of(scope);
  const repository = new Repository(scope, 'Images', {
    repositoryName: names.repository,
    imageTagMutability: TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    lifecycleRules: lifecycle(configuration.release.tagPattern),
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // Nobody deletes by hand what may be live or kept for a rollback (blue-green/13): whoever must, changes this policy first.
  repository.addToResourcePolicy(
    new PolicyStatement({
      sid: 'ImagesStay',
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions: ['ecr:BatchDeleteImage'],
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
  // Both regions copy what is pushed to them; a copy is not copied on (ECR User Guide, "Private image replication").
  new CfnReplicationConfiguration(scope, 'ImageReplication', {
    replicationConfiguration: {
      rules: configuration.regions.serving
        .filter((other) => other !== region)
        .map((other) => ({
          destinations: [{ region: other, registryId: account }],
          repositoryFilters: [{ filter: names.repository, filterType: 'PREFIX_MATCH' }],
        })),
    },
  });
  return { repository, signingProfileArn: profile.attrArn };
}

/**
 * What has a release's tag stays for ever: only that is ever admitted, so whatever is live, kept for a rollback or named
 * by the record is there. The manifests that its index names stay with it.
 */
const lifecycle = (tagPattern: string): LifecycleRule[] => [
  { rulePriority: 1, description: 'releases stay', tagPatternList: [tagPattern], maxImageAge: FOR_EVER },
  { rulePriority: 2, description: 'other builds', tagPatternList: ['*'], maxImageAge: Duration.days(30) },
  { rulePriority: 3, description: 'never tagged', tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(7) },
];
