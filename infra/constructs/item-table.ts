/** A table of items by pk and sk, paid per request, that can be taken back to any second and outlives its stack. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

export const itemTable = (
  scope: Construct,
  id: string,
  props: Pick<TablePropsV2, 'tableName' | 'timeToLiveAttribute' | 'replicas'>,
): TableV2 =>
  new TableV2(scope, id, {
    ...props,
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
