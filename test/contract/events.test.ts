/** Each kind of event: what its pattern lets through, its schema can read; what it must not start, it does not match. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { AlarmStateChange, alarmStateChangePattern } from '../../events/alarm-state-change.ts';
import { ExecutionStatusChange, executionStatusChangePattern } from '../../events/execution-status-change.ts';
import { FailoverDecision, failoverDecisionPattern } from '../../events/failover-decision.ts';
import { FailoverRequest, failoverRequestPattern } from '../../events/failover-request.ts';
import { ImagePush, imagePushPattern } from '../../events/image-push.ts';
import { ImageScan, imageScanPattern } from '../../events/image-scan.ts';
import { ReleaseDecision, releaseDecisionPattern } from '../../events/release-decision.ts';
import { ReleaseRequest, releaseRequestPattern } from '../../events/release-request.ts';
import { events } from '../../infra/wiring.ts';
import { compileForService, matches } from '../../simulator/eventbridge/pattern.ts';

const kinds: Readonly<Record<string, { pattern: object; schema: z.ZodType }>> = {
  'alarm-state-change': { pattern: alarmStateChangePattern, schema: AlarmStateChange },
  'execution-status-change': { pattern: executionStatusChangePattern, schema: ExecutionStatusChange },
  'failover-decision': { pattern: failoverDecisionPattern, schema: FailoverDecision },
  'failover-request': { pattern: failoverRequestPattern, schema: FailoverRequest },
  'image-push': { pattern: imagePushPattern, schema: ImagePush },
  'image-scan': { pattern: imageScanPattern, schema: ImageScan },
  'release-decision': { pattern: releaseDecisionPattern, schema: ReleaseDecision },
  'release-request': { pattern: releaseRequestPattern, schema: ReleaseRequest },
};

const samples = globSync('events/samples/*/*.json').sort();

describe('the kinds', () => {
  it('are the files of events/, each with samples of all three sorts and a row in the wiring', () => {
    expect(Object.keys(kinds)).toEqual(
      globSync('events/*.ts')
        .map((file) => basename(file, '.ts'))
        .sort(),
    );
    for (const kind of Object.keys(kinds)) {
      const sorts = samples
        .filter((file) => dirname(file).endsWith(`/${kind}`))
        .map((file) => basename(file).split('.')[0]);
      expect(sorts).toContain('near-miss');
      expect(sorts).toContain('reject');
      expect(sorts.some((sort) => sort !== 'near-miss' && sort !== 'reject')).toBe(true);
    }
    const wired = new Set(events.map(({ pattern }) => pattern));
    expect(Object.entries(kinds).filter(([, { pattern }]) => !wired.has(pattern as never))).toEqual([]);
  });
});

describe.each(samples)('%s', (file) => {
  const { pattern, schema } = kinds[basename(dirname(file))] as { pattern: object; schema: z.ZodType };
  const event = JSON.parse(readFileSync(file, 'utf8'));
  const matched = matches(compileForService(JSON.stringify(pattern)), event);
  const [sort] = basename(file).split('.');

  if (sort === 'near-miss') it('does not match the pattern', () => expect(matched).toBe(false));
  else it('matches the pattern', () => expect(matched).toBe(true));
  if (sort === 'reject') it('is refused by the schema', () => expect(schema.safeParse(event).success).toBe(false));
  else if (sort !== 'near-miss')
    it('is read by the schema', () => expect(schema.safeParse(event).error).toBeUndefined());
});
