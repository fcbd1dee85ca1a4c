/** Orders: create (idempotent by id), read, delete. Input is checked here; whether to write is the fence's business. */
import * as z from 'zod';
import { InvalidRequest } from './errors.ts';
import type { FencedWrites } from './fenced-writes.ts';
import type { Store, StoredDocument } from './store.ts';

const OrderId = z.string().regex(/^[A-Za-z0-9._-]{1,80}$/, '1 to 80 letters, digits, dots, dashes or underscores');

const Order = z.object({
  id: OrderId,
  item: z.string().min(1).max(200).default('unspecified'),
  quantity: z.number().int().min(1).max(10_000).default(1),
});
export type Order = z.infer<typeof Order>;

export interface Orders {
  create(body: string): Promise<{ created: boolean; order: Order }>;
  read(id: string): Promise<(Order & { epoch: number }) | null>;
  remove(id: string): Promise<boolean>;
}

/** All three throw InvalidRequest for bad input; create and remove throw WritesNotReady when writes are refused. */
export function createOrders(store: Store, writes: FencedWrites): Orders {
  return {
    async create(body) {
      const order = parseOrder(body);
      const { id: _id, ...rest } = order;
      const outcome = await writes.run((admission) =>
        store.insert('orders', { _id, ...rest, epoch: admission.epoch }, admission),
      );
      return { created: outcome === 'inserted', order };
    },
    async read(id) {
      const document = await store.get('orders', parseId(id), writes.admitted() ? 'writer' : 'reader');
      return document && toOrder(document);
    },
    async remove(id) {
      const _id = parseId(id);
      return (await writes.run((admission) => store.remove('orders', _id, admission))) === 'removed';
    },
  };
}

function parseOrder(body: string): Order {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    throw new InvalidRequest('body', `not JSON: ${(error as Error).message}`);
  }
  const parsed = Order.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InvalidRequest(issue?.path.join('.') || 'body', issue?.message ?? 'does not fit');
}

function parseId(id: string): string {
  const parsed = OrderId.safeParse(id);
  if (!parsed.success) throw new InvalidRequest('id', parsed.error.issues[0]?.message ?? 'does not fit');
  return parsed.data;
}

const toOrder = ({ _id, item, quantity, epoch }: StoredDocument): Order & { epoch: number } => ({
  id: _id,
  item: String(item),
  quantity: Number(quantity),
  epoch,
});
