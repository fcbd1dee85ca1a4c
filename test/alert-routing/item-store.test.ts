/** The router's store on a table of items, over the real adapter's requests against the simulated DynamoDB's own rules. */
import { itemStore } from '../../functions/alert-routing/item-store.ts';
import { describeStore } from './store-contract.ts';
import { cloudWithTable, itemsIn } from './table-items.ts';

const REGION = 'us-west-2';

describeStore('the store on a table of items', async () => {
  const table = itemsIn(await cloudWithTable([REGION]), REGION);
  return { store: itemStore(table), reopen: async () => itemStore(table) };
});
