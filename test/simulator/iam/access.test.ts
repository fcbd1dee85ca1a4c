/** What each operation asks IAM for: an action on the ARN of what it is about, wherever AWS can tell resources apart. */
import { expect, it } from 'vitest';
import { UNSCOPED } from '../../../simulator/iam/unscoped.ts';
import { services } from '../../../simulator/services/index.ts';

const withoutRow = services.flatMap(({ name, operations, access }) =>
  Object.keys(operations)
    .filter((operation) => !(operation in access))
    .map((operation) => `${name}:${operation}`),
);
const listed = Object.entries(UNSCOPED).flatMap(([name, operations]) =>
  operations.map((operation) => `${name}:${operation}`),
);

it('every operation names its resource; if not, give it a row in `access` or, where AWS has none, in simulator/iam/unscoped.ts', () => {
  expect(withoutRow.filter((name) => !listed.includes(name))).toEqual([]);
});

it('nothing is listed as without resources that has a row or is not modelled', () => {
  expect(listed.filter((name) => !withoutRow.includes(name))).toEqual([]);
});

it('no rule asks about a resource of an operation that is not modelled', () => {
  const strays = services.flatMap(({ name, operations, access }) =>
    Object.keys(access)
      .filter((operation) => !(operation in operations))
      .map((operation) => `${name}:${operation}`),
  );
  expect(strays).toEqual([]);
});
