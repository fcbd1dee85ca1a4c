/** Which release a person means, and who holds the lease, as Mainstay's table says. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Cloud } from '../../../simulator/cloud.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import type { DynamoDbState } from '../../../simulator/services/dynamodb/state.ts';
import { itemToWire } from '../../../simulator/services/dynamodb/values.ts';
import type { Places } from './scenario.ts';

interface State {
  readonly lease?: { readonly releaseId: string; readonly executionArn: string } | null;
  readonly live?: { readonly releaseId: string } | null;
}

function stateIn(cloud: Cloud, { region, names }: Pick<Places, 'region' | 'names'>): State {
  const table = cloud.stateOf<DynamoDbState>(dynamoDb, region).tables[names.releasesTable];
  const stored = Object.values(table?.items ?? {}).find((item) => itemToWire(item).sk?.S === 'state');
  return stored ? (unmarshall(itemToWire(stored)) as State) : {};
}

/** Id of the one that runs, or else of the one that was committed last; null while there is none. */
export function currentRelease(cloud: Cloud, places: Pick<Places, 'region' | 'names'>): string | null {
  const { lease, live } = stateIn(cloud, places);
  // A job that has the lease for a moment is no release.
  const running = lease?.executionArn.startsWith('arn:') ? lease.releaseId : undefined;
  return running ?? live?.releaseId ?? null;
}

/** Whether this job has it now. */
export const holdsLease = (cloud: Cloud, job: string, places: Pick<Places, 'region' | 'names'>): boolean =>
  stateIn(cloud, places).lease?.releaseId === job;
