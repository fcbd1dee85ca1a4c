/** Event patterns, row by row: what matches, what does not, and which patterns AWS refuses. */
import { describe, expect, test } from 'vitest';
import { matchRow } from '../../../console/match.ts';

/** Result of a pattern against an event, both as JSON text, so that numbers and duplicate keys stay as written. */
const result = (patternText: string, eventText: string): string => matchRow({ id: 'x', patternText, eventText }).result;
/** The same for the one field 'a'. */
const field = (matchers: string, value: string): string => result(`{"a":[${matchers}]}`, `{"a":${value}}`);

describe('values', () => {
  test.each([
    ['"x"', '"x"', 'match'],
    ['"x"', '"X"', 'nomatch'],
    ['1', '"1"', 'nomatch'],
    ['"1"', '1', 'nomatch'],
    ['null', 'null', 'match'],
    ['null', '"null"', 'nomatch'],
    ['""', '""', 'match'],
    ['""', 'null', 'nomatch'],
    ['true', 'true', 'match'],
    ['true', '"true"', 'nomatch'],
    ['"\\u00e9"', '"é"', 'match'],
    ['300', '3.0e2', 'match'],
    ['-0', '0', 'match'],
    ['1', '[3, 2, 1]', 'match'],
    ['1', '[[1]]', 'match'],
    ['null', '[]', 'nomatch'],
  ])('the pattern [%s] and the value %s give %s', (pattern, value, wanted) => {
    expect(field(pattern, value)).toBe(wanted);
  });
});

describe('numbers', () => {
  test.each([
    ['{"numeric":[">",0,"<=",5]}', '5.0', 'match'],
    ['{"numeric":[">",0,"<=",5]}', '0', 'nomatch'],
    ['{"numeric":["=",301.8]}', '3.018e2', 'match'],
    ['{"numeric":[">=",499999999999.999999]}', '500000000000', 'match'],
    ['{"numeric":[">",0]}', '500000000000.1', 'nomatch'],
    // Seven decimals cannot be compared: neither within a range nor equal by value.
    ['{"numeric":[">",0]}', '0.0000001', 'nomatch'],
    ['0.0000001', '0.0000001', 'match'],
    ['0.0000001', '1e-7', 'nomatch'],
    ['900000000000', '900000000000', 'match'],
    ['900000000000', '9e11', 'nomatch'],
    ['12345678901234567890', '12345678901234567891', 'nomatch'],
    ['{"anything-but":123}', '123.0', 'nomatch'],
    ['{"anything-but":123}', '"123"', 'match'],
    ['{"anything-but":[1,2]}', '3', 'match'],
  ])('%s and %s give %s', (pattern, value, wanted) => {
    expect(field(pattern, value)).toBe(wanted);
  });
});

describe('texts', () => {
  test.each([
    ['{"prefix":""}', '"anything"', 'match'],
    ['{"prefix":"10"}', '100', 'nomatch'],
    ['{"prefix":{"equals-ignore-case":"EventB"}}', '"eVENTbridge"', 'match'],
    ['{"suffix":{"equals-ignore-case":".PNG"}}', '"a.pNg"', 'match'],
    ['{"equals-ignore-case":"ß"}', '"SS"', 'match'],
    ['{"equals-ignore-case":"ß"}', '"ss"', 'nomatch'],
    ['{"equals-ignore-case":"\\u03b0"}', '"\\u03a5\\u0308\\u0301"', 'match'],
    ['{"equals-ignore-case":"🚀a"}', '"🚀A"', 'match'],
    ['{"suffix":{"equals-ignore-case":"ß"}}', '"STRASS"', 'match'],
    ['{"wildcard":"*"}', '""', 'match'],
    ['{"wildcard":"*"}', '1', 'nomatch'],
    ['{"wildcard":"ab*ba"}', '"aba"', 'nomatch'],
    ['{"wildcard":"a*b*c"}', '"aXbXbc"', 'match'],
    ['{"wildcard":"a\\\\*b"}', '"a*b"', 'match'],
    ['{"wildcard":"a\\\\*b"}', '"aXb"', 'nomatch'],
    ['{"anything-but":{"wildcard":["*x*","*y"]}}', '"zyz"', 'match'],
    ['{"anything-but":{"equals-ignore-case":["a"]}}', '"A"', 'nomatch'],
    ['{"anything-but":{"suffix":[".txt",".rtf"]}}', 'null', 'match'],
    ['{"anything-but":["a"]}', '["a","b"]', 'match'],
  ])('%s and %s give %s', (pattern, value, wanted) => {
    expect(field(pattern, value)).toBe(wanted);
  });
});

describe('addresses', () => {
  test.each([
    ['{"cidr":"10.0.0.5/24"}', '"10.0.0.1"', 'match'],
    ['{"cidr":"10.0.0.0/24"}', '"10.0.1.0"', 'nomatch'],
    ['{"cidr":"0177.0.0.0/24"}', '"177.0.0.5"', 'match'],
    ['{"cidr":"2001:db8::/32"}', '"2001:0DB8:0:0::1"', 'match'],
    ['{"cidr":"2001:db8::/32"}', '"2001:db9::"', 'nomatch'],
    ['{"cidr":"10.0.0.0/8"}', '"::ffff:a00:1"', 'match'],
    ['"::1"', '"0:0:0:0:0:0:0:1"', 'match'],
    ['"010.0.0.1"', '"10.0.0.1"', 'match'],
    ['"999.0.0.1"', '"999.0.0.1"', 'match'],
    ['"12:30"', '"12:30"', 'match'],
    ['{"cidr":"10.0.0.0/32"}', '"10.0.0.0"', 'error'],
    ['{"cidr":"::ffff:0:0/96"}', '"10.0.0.0"', 'error'],
    ['{"cidr":"10.0.0.0/24/"}', '"10.0.0.0"', 'match'],
  ])('%s and %s give %s', (pattern, value, wanted) => {
    expect(field(pattern, value)).toBe(wanted);
  });
});

describe('arrays of objects', () => {
  const event = '{"r":[{"k":"a","v":1},{"k":"b","v":2}]}';
  test.each([
    ['{"r":{"k":["a"],"v":[1]}}', 'match'],
    ['{"r":{"k":["a"],"v":[2]}}', 'nomatch'],
    ['{"r":{"k":["a","b"],"v":[2]}}', 'match'],
    ['{"r":{"k":["a"],"w":[{"exists":false}]}}', 'match'],
    ['{"r":{"k":["a"],"v":[{"exists":false}]}}', 'nomatch'],
  ])('%s matches values of one element only: %s', (pattern, wanted) => {
    expect(result(pattern, event)).toBe(wanted);
  });

  test('an absent field is looked for in the element that the fields before it chose', () => {
    const mixed = '{"r":[{"k":"a"},{"k":"b","v":2}]}';
    expect(result('{"r":{"k":["a"],"v":[{"exists":false}]}}', mixed)).toBe('match');
    expect(result('{"r":{"k":["b"],"v":[{"exists":false}]}}', mixed)).toBe('nomatch');
  });
});

describe('paths', () => {
  test.each([
    ['{"a":{"b":["x"]}}', '{"a.b":"x"}', 'match'],
    ['{"a.b":["x"]}', '{"a":{"b":"x"}}', 'match'],
    ['{"a":{"b":{"c":["x"]}}}', '{"a.b":{"c":"x"}}', 'match'],
    ['{"a":[{"exists":true}]}', '{"a":{"b":1}}', 'nomatch'],
    ['{"a":[{"exists":false}]}', '{"a":{"b":1}}', 'match'],
    ['{"a":["1"],"a":["2"]}', '{"a":"1"}', 'nomatch'],
    ['{"a":["1"],"b":["2"]}', '{"a":"0","a":"1","b":"2"}', 'match'],
    ['{"__proto__":["x"]}', '{"__proto__":"x"}', 'match'],
    ['{"a":["x"]} and what follows', '{"a":"x"} is not read', 'match'],
  ])('%s and %s give %s', (pattern, event, wanted) => {
    expect(result(pattern, event)).toBe(wanted);
  });
});

describe('$or', () => {
  test('branches are alternatives, and fields beside them must match too', () => {
    const pattern = '{"s":["x"],"$or":[{"m":["1"]},{"n":["2"],"$or":[{"p":[1]},{"q":[2]}]}]}';
    expect(result(pattern, '{"s":"x","m":"1"}')).toBe('match');
    expect(result(pattern, '{"s":"x","n":"2","q":2}')).toBe('match');
    expect(result(pattern, '{"s":"x","n":"2"}')).toBe('nomatch');
    expect(result(pattern, '{"s":"y","m":"1"}')).toBe('nomatch');
  });

  test('a field named again takes the place of the earlier one', () => {
    expect(result('{"a":["1"],"$or":[{"a":["2"]},{"b":["3"]}]}', '{"a":"2"}')).toBe('match');
    expect(result('{"$or":[{"a":["2"]},{"b":["3"]}],"a":["1"]}', '{"a":"2"}')).toBe('nomatch');
  });
});

describe('patterns that AWS refuses', () => {
  test.each([
    ['{}', 'Empty objects are not allowed'],
    ['[1]', 'Filter is not an object'],
    ['{"a":[]}', 'Empty arrays are not allowed'],
    ['{"a":1}', '"a" must be an object or an array'],
    ['{"a":[[1]]}', 'Match value must be String, number, true, false, or null'],
    ['{"a":[{}]}', 'Match expression name not found'],
    ['{"a":[{"nonesuch":1}]}', 'Unrecognized match type nonesuch'],
    ['{"a":[{"toString":1}]}', 'Unrecognized match type toString'],
    ['{"a":[{"prefix":"a","suffix":"b"}]}', 'Only one key allowed in match expression'],
    ['{"a":[{"anything-but":{"suffix":""}}]}', 'Null prefix/suffix not allowed'],
    ['{"a":[{"anything-but":[1,"a"]}]}', 'mixed type is not supported'],
    ['{"a":[{"anything-but":{"cidr":"1.2.3.0/24"}}]}', 'Unsupported anything-but pattern: cidr'],
    ['{"a":[{"numeric":[">",5,"<",5]}]}', 'Bottom must be less than top'],
    ['{"a":[{"numeric":["<",1e12]}]}', 'Cannot compare number : 1e12'],
    ['{"a":[{"wildcard":"a**b"}]}', 'Consecutive wildcard characters'],
    ['{"a":[{"wildcard":"a\\\\b"}]}', 'Invalid escape character'],
    ['{"a":[{"exists":"yes"}]}', 'must be either true or false'],
    ['{"$or":[{"a":[1]}]}', 'There must have at least 2 Objects in $or relationship.'],
    ['{"$or":{"a":[1]}}', 'It must be an Array followed with $or.'],
    ['{"$or":[{"prefix":["a"]},{"b":[1]}]}', 'prefix is Ruler reserved fieldName'],
    ['{"a":["x",]}', 'Unexpected character'],
    ['{"a":[01]}', 'Unexpected character'],
  ])('%s: %s', (patternText, reason) => {
    const row = matchRow({ id: 'x', patternText, event: {} });
    expect(row.result).toBe('error');
    expect(row.error).toContain(reason);
  });

  test('an event that is no object is refused', () => {
    expect(matchRow({ id: 'x', pattern: { a: [1] }, event: ['a'] }).result).toBe('error');
    expect(matchRow({ id: 'x', pattern: { a: [1] }, eventText: '{"a":' }).result).toBe('error');
  });
});

test('wildcards that EventBridge calls too complex are refused for a whole event; the bare engine takes them', () => {
  const patternText = '{"arn":[{"wildcard":"*:*:*:*:*:event-bus/*"}]}';
  const arn = 'arn:aws:events:us-east-1:123456789012:event-bus/myEventBus';
  const event = { id: '1', account: '1', source: 's', time: 't', region: 'r', 'detail-type': 'd', arn };
  expect(matchRow({ id: 'x', patternText, event }).error).toContain('Rule is too complex');
  expect(matchRow({ id: 'x', patternText, event: { arn } }).result).toBe('match');
  const simpler = '{"arn":[{"wildcard":"arn:aws:events:*:*:event-bus/*"}]}';
  expect(matchRow({ id: 'x', patternText: simpler, event }).result).toBe('match');
});

test('nesting and numbers beyond the reader’s limits are refused', () => {
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}["x"]${'}'.repeat(depth)}`;
  expect(result(nested(999), '{"a":1}')).toBe('nomatch');
  expect(result(nested(1000), '{"a":1}')).toBe('error');
  expect(field('"x"', '9'.repeat(1001))).toBe('error');
});

test('many values that all match do not multiply the work', () => {
  const names = Array.from({ length: 12 }, (_, i) => `f${i}`);
  const pattern = Object.fromEntries([...names.map((name) => [name, ['x']]), ['last', ['y']]]);
  const event = Object.fromEntries([...names.map((name) => [name, Array(50).fill('x')]), ['last', 'z']]);
  expect(matchRow({ id: 'x', pattern, event }).result).toBe('nomatch');
});
