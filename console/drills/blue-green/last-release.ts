/** Which release a person means: the one that runs, or else the one that was committed last. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Cloud } from '../../../simulator/cloud.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import type { DynamoDbState } from '../../../simulator/services/dynamodb/state.ts';
import { itemToWire } from '../../../simulator/services/dynamodb/values.ts';
import type { Places } from './scenario.ts';

/** Its id; null while there is none. */
export function currentRelease(cloud: Cloud, { region, names }: Pick<Places, 'region' | 'names'>): string | null {
  const table = cloud.stateOf<DynamoDbState>(dynamoDb, region).tables[names.releasesTable];
  const stored = Object.values(table?.items ?? {}).find((item) => itemToWire(item).sk?.S === 'state');
  if (!stored) return null;
  const { lease, live } = unmarshall(itemToWire(stored)) as {
    lease?: { releaseId: string } | null;
    live?: { releaseId: string } | null;
  };
  return lease?.releaseId ?? live?.releaseId ?? null;
}
