/** The tables of what an update needs, compared with AWS's own resource specification, which the CDK's command carries. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { updateBehaviours } from '../../../simulator/cloudformation/resources/update-behaviours.ts';

interface Property {
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
}

interface Specified {
  readonly cloudFormationType: string;
  readonly properties: Readonly<Record<string, Property>>;
}

let specified: Map<string, Specified['properties']>;

beforeAll(() => {
  const text = gunzipSync(readFileSync('node_modules/aws-cdk/db.json.gz')).toString();
  const { schema } = JSON.parse(text) as { schema: { resource: { entities: Specified[] } } };
  specified = new Map(schema.resource.entities.map((row) => [row.cloudFormationType, row.properties]));
});

const rows = Object.entries(updateBehaviours);

test.each(rows)('%s is as AWS specifies it', (type, { replacement, inPlace, conditional = {} }) => {
  const properties = specified.get(type);
  expect(properties).toBeDefined();
  const needs = (name: string): string =>
    properties?.[name]?.causesReplacement ?? (properties?.[name] ? 'no' : 'unknown');
  expect(replacement.filter((name) => needs(name) !== 'yes')).toEqual([]);
  if (inPlace !== 'others') expect(inPlace.filter((name) => needs(name) !== 'no')).toEqual([]);
  // What is decided by its members is no replacement as a whole.
  expect(Object.keys(conditional).filter((name) => needs(name) === 'yes')).toEqual([]);
});

test('the specification tells replacement from change in place', () => {
  expect(specified.get('AWS::Lambda::Function')?.FunctionName?.causesReplacement).toBe('yes');
  expect(specified.get('AWS::Lambda::Function')?.Timeout?.causesReplacement ?? 'no').toBe('no');
});
