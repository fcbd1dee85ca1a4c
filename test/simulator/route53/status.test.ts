/** Truth tables of health: the checkers' vote, inverting, disabling, calculated checks. */
import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { statusOf, vote } from '../../../simulator/services/route53/status.ts';

describe('the vote of the checkers', () => {
  it.each([
    [0, 8, false],
    [1, 8, false],
    [2, 8, true],
    [8, 8, true],
    [1, 6, false],
    [1, 5, true],
    [18, 100, false],
    [19, 100, true],
  ])('%i healthy reports of %i make an endpoint healthy: %s', (healthy, all, expected) => {
    expect(vote(healthy, all)).toBe(expected);
  });

  it('says nothing when no checker reports', () => {
    expect(vote(0, 0)).toBeUndefined();
  });
});

describe('the status of a check of an endpoint', () => {
  const endpoint = (more: Partial<HealthCheckConfig>): HealthCheckConfig => ({ Type: 'HTTPS', ...more });

  it.each([
    [false, false, true, true],
    [false, false, false, false],
    [true, false, true, false],
    [true, false, false, true],
    [false, true, true, true],
    [false, true, false, true],
    [true, true, true, false],
    [true, true, false, false],
  ])('inverted %s, disabled %s, endpoint healthy %s: %s', (Inverted, Disabled, endpointHealthy, expected) => {
    expect(statusOf(endpoint({ Inverted, Disabled }), endpointHealthy, () => true)).toBe(expected);
  });
});

describe('the status of a calculated check', () => {
  const calculated = (
    healthyChildren: number,
    HealthThreshold: number,
    more: Partial<HealthCheckConfig> = {},
  ): boolean => {
    const ChildHealthChecks = ['a', 'b', 'c'];
    const healthy = ChildHealthChecks.slice(0, healthyChildren);
    return statusOf({ Type: 'CALCULATED', ChildHealthChecks, HealthThreshold, ...more }, true, (id) =>
      healthy.includes(id),
    );
  };

  it('is healthy exactly while at least as many children are as its threshold', () => {
    for (const children of [0, 1, 2, 3]) {
      for (const threshold of [1, 2, 3]) expect(calculated(children, threshold)).toBe(children >= threshold);
    }
  });

  it('is always healthy with a threshold of 0 and never with one above the number of children', () => {
    expect(calculated(0, 0)).toBe(true);
    expect(calculated(3, 4)).toBe(false);
  });

  it('can be inverted and disabled like any other', () => {
    expect(calculated(3, 2, { Inverted: true })).toBe(false);
    expect(calculated(0, 2, { Disabled: true })).toBe(true);
    expect(calculated(0, 2, { Disabled: true, Inverted: true })).toBe(false);
  });
});
