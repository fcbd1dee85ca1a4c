/** The parts of simulator/KNOWN-GAPS.md that compare the simulator with the APIs of the SDK's clients. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { depths } from '../../simulator/gaps/depth.ts';
import { coverage } from '../../simulator/gaps/not-implemented.ts';
import { apiSections, renewed } from '../../simulator/gaps.ts';
import { services } from '../../simulator/services/index.ts';

const text = readFileSync('simulator/KNOWN-GAPS.md', 'utf8');

describe('KNOWN-GAPS.md', () => {
  it('tells depth and absence of operations as the code has them; if not, run npm run gaps', () => {
    expect(renewed(text, apiSections())).toBe(text);
  });

  it('is behind as soon as a member or an operation is missing from it', () => {
    for (const lost of ['| `sns:Publish` |', 'AcceptVpcPeeringConnection, ']) {
      expect(text).toContain(lost);
      expect(renewed(text.replace(lost, ''), apiSections())).toBe(text);
    }
  });
});

describe('the depth of an operation', () => {
  const rows = depths(services);
  const of = (service: string, operation: string) =>
    rows.find((row) => row.service === service && row.operation === operation);

  it('counts a member that a function of the service reads for it, however deep', () => {
    expect(of('dynamodb', 'UpdateItem')?.unnamed).toEqual([]);
    expect(of('states', 'StartExecution')?.members).toContain('traceHeader');
  });

  it('does not count one that no code names', () => {
    expect(of('sns', 'Publish')?.unnamed).toContain('MessageGroupId');
  });

  it('is told of every operation, and one that is only refused is told as such', () => {
    const modelled = services.flatMap(({ operations }) => Object.keys(operations));
    expect(rows).toHaveLength(modelled.length);
    expect(of('cloudwatch', 'PutCompositeAlarm')?.refused).toBe(true);
    expect(rows.filter(({ refused }) => refused).length).toBeLessThan(10);
  });
});

describe('what is not implemented', () => {
  it('and what is, are together all that a client can ask', () => {
    const s3 = coverage(services).find(({ client }) => client === 's3');
    expect(s3?.missing).toContain('SelectObjectContent');
    expect(s3?.missing).not.toContain('GetObject');
    expect((s3?.modelled ?? 0) + (s3?.missing.length ?? 0)).toBeGreaterThan(100);
  });
});
