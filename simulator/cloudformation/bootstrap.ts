/** Prepares the account's regions as `cdk bootstrap` does, as far as a deployment here needs it: the bucket for assets
 * and the version parameter. Its roles are not made: the simulated deployment acts as the administrator. */
import type { BucketLocationConstraint } from '@aws-sdk/client-s3';
import type { Cloud } from '../cloud.ts';

/** The CDK's default; part of every name it makes. */
const QUALIFIER = 'hnb659fds';

/** Of the bootstrap template that comes with aws-cdk 2.1148. */
const VERSION = '33';

export const assetBucket = (account: string, region: string): string => `cdk-${QUALIFIER}-assets-${account}-${region}`;

/** Makes bucket and parameter in every region of the cloud. Throws when a region has them already. */
export async function bootstrap(cloud: Cloud): Promise<void> {
  for (const region of cloud.state.regions) {
    await cloud.call(
      's3',
      'CreateBucket',
      {
        Bucket: assetBucket(cloud.state.account, region),
        // us-east-1 is where buckets are made that name no place, and may not be named.
        ...(region !== 'us-east-1' && {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        }),
      },
      { region },
    );
    await cloud.call(
      'ssm',
      'PutParameter',
      { Name: `/cdk-bootstrap/${QUALIFIER}/version`, Value: VERSION, Type: 'String' },
      { region },
    );
  }
}
