/** The dev environment. */
import { base } from './base.ts';

export const dev = {
  ...base,
  environment: 'dev',
  domain: 'orders.dev.example.com',
  compute: { instanceType: 't4g.small', min: 1, max: 2 },
  data: { ...base.data, instanceClass: 'db.r6g.large' },
  recovery: { ...base.recovery, tier: 'standard' },
};
