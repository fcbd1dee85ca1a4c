/** The dev environment. */
import { base } from './base.ts';

export const dev = {
  ...base,
  environment: 'dev',
  domain: 'orders.dev.example.com',
  compute: { kind: 'ec2', instanceType: 't4g.small', min: 1, max: 2 },
  recovery: { ...base.recovery, tier: 'standard' },
};
