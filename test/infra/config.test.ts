/** A configuration that cannot work is refused with the field, the value got and what to do. */
import { describe, expect, it } from 'vitest';
import { checkConfiguration, InvalidConfiguration, loadConfiguration } from '../../infra/config/index.ts';
import { SIMULATED_ROOT } from '../../simulator/services/signer/authorities.ts';

const prod = loadConfiguration('prod');

const message = (change: Record<string, unknown>): string => {
  try {
    checkConfiguration({ ...prod, ...change });
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('the configuration', () => {
  it.each(['dev', 'staging', 'prod'])('%s is valid', (name) => {
    expect(loadConfiguration(name).environment).toBe(name);
  });

  it.each(['dev', 'staging', 'prod', 'prod-fargate'])(
    '%s does not trust the simulated Signer, whose key is public',
    (name) => {
      expect(loadConfiguration(name).release.signingRoots).not.toContain(SIMULATED_ROOT);
    },
  );

  it('prod-fargate is prod on services instead of groups', () => {
    const { compute, ...others } = loadConfiguration('prod-fargate');
    expect(compute).toEqual({ ...prod.compute, kind: 'fargate', graceSeconds: 180 });
    expect(others).toEqual(Object.fromEntries(Object.entries(prod).filter(([name]) => name !== 'compute')));
  });

  it('names the environments when asked for one that is not there', () => {
    expect(() => loadConfiguration('test')).toThrow("environment: got 'test'; use one of dev, staging, prod");
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown field', { colour: 'red' }, /colour/],
    ['a number as text', { compute: { ...prod.compute, min: '2' } }, /compute\.min: got "2"/],
    ['min above max', { compute: { ...prod.compute, min: 11 } }, /compute\.min: got 11; 11 is above compute\.max 10/],
    [
      'a schedule above max',
      { compute: { ...prod.compute, schedules: [{ name: 'day', hour: 7, min: 11 }] } },
      /compute\.schedules\.0\.min: got 11; 11 is above compute\.max 10/,
    ],
    ['no trusted root', { release: { ...prod.release, signingRoots: [] } }, /signingRoots: .*no signature could ever/],
    [
      'a root by the wrong hash',
      { release: { ...prod.release, signingRoots: ['90:A8:7D'] } },
      /release\.signingRoots\.0: got "90:A8:7D"; the SHA-256 of a root certificate/,
    ],
    [
      'overlapping networks',
      { network: { ...prod.network, cidrs: ['10.0.0.0/16', '10.0.0.0/16'] } },
      /network\.cidrs: .*share a block/,
    ],
    [
      'a lease longer than the dwell',
      { recovery: { ...prod.recovery, leaseSeconds: 90 } },
      /recovery\.leaseSeconds: got 90/,
    ],
    [
      'a write longer than the lease',
      { recovery: { ...prod.recovery, longestWriteSeconds: 30 } },
      /recovery\.longestWriteSeconds/,
    ],
    [
      'a bound of loss that every outage exceeds',
      { recovery: { ...prod.recovery, lagSecondsMax: 20 } },
      /recovery\.lagSecondsMax: got 20/,
    ],
  ])('refuses %s', (_, change, expected) => {
    expect(message(change)).toMatch(expected);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'the same region twice',
      { serving: ['us-east-2', 'us-east-2'], witness: 'us-east-1' },
      /must be three different regions/,
    ],
    [
      'a region without DocumentDB',
      { serving: ['us-west-1', 'us-east-2'], witness: 'us-east-1' },
      /DocumentDB is not offered in us-west-1 as of \d{4}/,
    ],
    [
      'regions of two consistency sets',
      { serving: ['eu-west-1', 'us-east-2'], witness: 'us-east-1' },
      /choose three of \{us-east-1/,
    ],
  ])('refuses a region set with %s and says what to choose', (_, regions, expected) => {
    expect(message({ regions })).toMatch(expected);
  });
});
