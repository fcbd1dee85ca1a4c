/** Templates as text: JSON, or YAML with the short forms of CloudFormation's functions. */
import { describe, expect, it } from 'vitest';
import { parseTemplateText } from '../../../simulator/cloudformation/template-text.ts';

describe('the text of a template', () => {
  it('may be YAML, whose short forms stand for the functions at any depth', () => {
    const text = [
      'Version: 2012-10-17',
      'Ref: !Ref Topic',
      "Sub: !Sub '${Topic}-${AWS::Region}'",
      'Attribute: !GetAtt Database.Endpoint.Address',
      'Parts: !GetAtt [Database, Arn]',
      'If: !If [Big, !Ref Large, !Sub [x, { y: !Select [0, !GetAZs ""] }]]',
      'Not: !Not [!Condition Big]',
      'Text: no',
    ].join('\n');
    expect(parseTemplateText(text)).toStrictEqual({
      Version: '2012-10-17',
      Ref: { Ref: 'Topic' },
      Sub: { 'Fn::Sub': '${Topic}-${AWS::Region}' },
      Attribute: { 'Fn::GetAtt': ['Database', 'Endpoint.Address'] },
      Parts: { 'Fn::GetAtt': ['Database', 'Arn'] },
      If: {
        'Fn::If': ['Big', { Ref: 'Large' }, { 'Fn::Sub': ['x', { y: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] } }] }],
      },
      Not: { 'Fn::Not': [{ Condition: 'Big' }] },
      Text: 'no',
    });
  });

  it.each([
    ['{"Resources": }', /^Template format error: JSON not well-formed\./],
    ['A: [1', /^Template format error: YAML not well-formed\./],
    ['A: !Unknown x', /^Template format error: YAML not well-formed\. Unresolved tag: !Unknown/],
    ['- A', /^Template format error: unsupported structure\./],
    ['', /^Template format error: unsupported structure\./],
  ])('%j is refused and told why', (text, message) => {
    expect(() => parseTemplateText(text)).toThrow(message);
  });
});
