/** DynamoDB: regional tables and global tables, eventually or strongly consistent, with complete expressions. */
import type { Clients } from '../../clients.ts';
import { defineService } from '../../service.ts';
import { access } from './access.ts';
import { expire } from './expiry.ts';
import { itemOperations } from './items.ts';
import { policyOperations, tablePolicy } from './policy.ts';
import { catchUp, hear, sendAgain, take } from './quorum.ts';
import { replicate } from './replication.ts';
import { type DynamoDbState, SERVICE } from './state.ts';
import { tableOperations } from './tables.ts';
import { transactionOperations } from './transactions.ts';

export const dynamoDb = defineService<Clients['dynamodb'], DynamoDbState>({
  name: SERVICE,
  initialState: () => ({ tables: {}, journals: {}, transactions: {} }),
  operations: { ...tableOperations, ...itemOperations, ...transactionOperations, ...policyOperations },
  access,
  resourcePolicy: tablePolicy,
  timers: { take, hear, sendAgain, catchUp, replicate, expire },
});
