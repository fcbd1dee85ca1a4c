/** What parsed expressions look like: plain data with every placeholder already answered, so a pending write can hold it. */
import type { TypeName, Value } from '../values.ts';

/** Attribute names and list indexes, outermost first. */
export type Path = readonly (string | number)[];

export type Operand =
  | { readonly type: 'path'; readonly path: Path }
  | { readonly type: 'value'; readonly value: Value }
  | { readonly type: 'size'; readonly path: Path };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly type: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly type: 'not'; readonly condition: Condition }
  | { readonly type: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly type: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly type: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly type: 'exists'; readonly path: Path; readonly wanted: boolean }
  | { readonly type: 'attributeType'; readonly path: Path; readonly name: TypeName }
  | { readonly type: 'beginsWith' | 'contains'; readonly operand: Operand; readonly argument: Operand };

/** The right-hand side of SET. */
export type SetValue =
  | { readonly type: 'path'; readonly path: Path }
  | { readonly type: 'value'; readonly value: Value }
  | { readonly type: 'plus' | 'minus'; readonly left: SetValue; readonly right: SetValue }
  | { readonly type: 'ifNotExists'; readonly path: Path; readonly otherwise: SetValue }
  | { readonly type: 'listAppend'; readonly left: SetValue; readonly right: SetValue };

export interface Update {
  readonly sets: readonly { readonly path: Path; readonly value: SetValue }[];
  readonly removes: readonly Path[];
  readonly adds: readonly { readonly path: Path; readonly value: Value }[];
  readonly deletes: readonly { readonly path: Path; readonly value: Value }[];
}

/** A sort key's condition in a query. */
export type RangeCondition =
  | { readonly type: 'compare'; readonly comparator: Exclude<Comparator, '<>'>; readonly value: Value }
  | { readonly type: 'between'; readonly low: Value; readonly high: Value }
  | { readonly type: 'beginsWith'; readonly prefix: Value };

export const showPath = (path: Path): string =>
  `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
