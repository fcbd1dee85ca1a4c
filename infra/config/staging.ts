/** The staging environment. */
import { base } from './base.ts';

export const staging = {
  ...base,
  environment: 'staging',
  domain: 'orders.staging.example.com',
  compute: { kind: 'ec2', instanceType: 't4g.medium', min: 2, max: 4 },
  data: { ...base.data, instances: 2 },
};
