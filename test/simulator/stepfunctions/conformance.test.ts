/** Against what AWS itself answered. Skipped, by name, when CONFORMANCE_DIR is not set. */
import { describe, expect, test } from 'vitest';
import { checkDefinition } from '../../../simulator/stepfunctions/checks/definition.ts';
import { execute, typesOf } from './cloud.ts';
import {
  agrees,
  handlersFor,
  notModelledIn,
  type RecordedDefinition,
  type RecordedExecution,
  rowsOf,
  textOf,
} from './recorded.ts';

const executions = rowsOf<RecordedExecution>('asl.jsonl');
const outOfScope = new Map<string, number>();
const inScope = (executions ?? []).filter((row) => {
  const reasons = notModelledIn(row.definition);
  if (reasons.length === 0 && !handlersFor(row)) reasons.push('a service or function that the row needs');
  if (row.note) reasons.push('an input that was not recorded');
  for (const reason of reasons) outOfScope.set(reason, (outOfScope.get(reason) ?? 0) + 1);
  return reasons.length === 0;
});
const skipped = [...outOfScope].map(([reason, count]) => `${reason} ${count}`).join(', ');

const scope = executions ? `${inScope.length} of ${executions.length} rows are in scope` : 'CONFORMANCE_DIR is not set';

describe.skipIf(!executions)(`executions recorded on AWS: ${scope}`, () => {
  test.each(inScope.map((row) => [row.id, row] as const))('%s ends as on AWS', async (_id, row) => {
    const handlers = handlersFor(row);
    const { status, output, error, cause, events } = await execute(JSON.stringify(row.definition), {
      input: row.input ?? {},
      ...(handlers && { handlers }),
    });
    expect({ status, error }).toEqual({ status: row.expect.status, error: row.expect.error });
    const expected = row.expect.output;
    expect(
      agrees(expected, output, row.placeholders),
      `${JSON.stringify(output)} for ${JSON.stringify(expected)}`,
    ).toBe(true);
    if (typeof row.expect.cause === 'string') expect(cause).toBe(row.expect.cause);
    if (row.historyOrder === 'exact' && row.historyEvents) expect(typesOf(events)).toEqual(row.historyEvents);
  });
});

describe.skipIf(!executions)(`rows out of scope, by what is not modelled yet: ${skipped}`, () => {
  test('are refused when the machine is created, never run in part', () => {
    for (const row of executions ?? []) {
      const diagnostics = checkDefinition(JSON.stringify(row.definition));
      if (notModelledIn(row.definition).length > 0) expect(diagnostics.length, row.id).toBeGreaterThan(0);
    }
  });
});

const accepted = rowsOf<RecordedDefinition>('asl_accepted.jsonl');

describe.skipIf(!accepted)('definitions that AWS accepted', () => {
  test('are refused by nothing but the name of what is not modelled', () => {
    const wronglyRefused = (accepted ?? []).flatMap((row) =>
      checkDefinition(textOf(row))
        .filter(({ message }) => !message.endsWith('is not modelled by the simulator'))
        .map(({ message, location }) => `${row.id}: ${message} at ${location}`),
    );
    expect(wronglyRefused).toEqual([]);
  });
});

const invalid = rowsOf<RecordedDefinition>('asl_invalid.jsonl');

describe.skipIf(!invalid)('definitions that AWS refused, most of them JSONPath and so refused by that name', () => {
  test('are refused', () => {
    const wronglyAccepted = (invalid ?? []).filter((row) => checkDefinition(textOf(row)).length === 0);
    expect(wronglyAccepted.map(({ id }) => id)).toEqual([]);
  });
});
