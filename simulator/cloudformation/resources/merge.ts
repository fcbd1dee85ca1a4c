/** Joins the services' tables of resource types and lists what is in them. */
import type { Inert, Modelled, ResourceTable } from '../resource.ts';

export interface InventoryRow {
  readonly type: string;
  readonly model: 'modelled' | 'inert';
  /** Of an inert type: why nothing needs it to act. */
  readonly reason?: string;
}

/** Throws when two tables hold the same type. */
export function mergeTables(tables: Readonly<Record<string, ResourceTable>>): ResourceTable {
  const merged: Record<string, Modelled | Inert> = {};
  const owner: Record<string, string> = {};
  for (const [name, table] of Object.entries(tables)) {
    for (const [type, model] of Object.entries(table)) {
      if (owner[type] !== undefined) throw new Error(`${type} is in two tables: ${owner[type]} and ${name}`);
      owner[type] = name;
      merged[type] = model;
    }
  }
  return merged;
}

/** By type name. Custom:: types are not listed: each is modelled by its own function. */
export const inventoryOf = (table: ResourceTable): InventoryRow[] =>
  Object.entries(table)
    .map(
      ([type, model]): InventoryRow =>
        'inert' in model ? { type, model: 'inert', reason: model.reason } : { type, model: 'modelled' },
    )
    .sort((a, b) => (a.type < b.type ? -1 : 1));
