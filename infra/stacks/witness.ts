/**
 * The witness region: the authority table over all three regions (DESIGN decision 2) and the witness's copy of the
 * traffic latch. It serves no users, so its loss costs only automatic promotion.
 */
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Billing, MultiRegionConsistency, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/index.ts';
import type { Names } from '../names.ts';
import { LatchBucket } from './core/traffic.ts';

export interface WitnessStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly names: Names;
}

export class WitnessStack extends Stack {
  readonly authority: TableV2;
  readonly latch: LatchBucket;

  constructor(scope: Construct, id: string, props: WitnessStackProps) {
    super(scope, id, props);
    const { configuration, names } = props;
    this.authority = new TableV2(this, 'Authority', {
      tableName: names.authorityTable,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      replicas: configuration.regions.serving.map((region) => ({ region })),
      multiRegionConsistency: MultiRegionConsistency.STRONG,
      billing: Billing.onDemand(),
      // A customer key would be one more thing that can be lost with a region.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: configuration.environment === 'prod',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.latch = new LatchBucket(this, 'Latch', { names, account: this.account, region: this.region });
  }
}
