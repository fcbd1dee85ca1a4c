/** The state machines against the states language's grammar, by a validator that knows nothing of our simulator. */
import { globSync, readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';

const definition = (file: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(file, 'utf8').replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-2:111111111111:function:$1'),
  );

describe('the grammar of the states language', () => {
  it.each(globSync('statemachines/*.asl.json').sort())('accepts %s', (file) => {
    expect(validate(definition(file)).errorsText()).toBe('');
  });

  it('refuses a transition to a state that is not there', () => {
    const broken = definition('statemachines/region-failover.asl.json');
    expect(validate({ ...broken, StartAt: 'Nowhere' }).isValid).toBe(false);
  });
});
