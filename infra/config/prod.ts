/** The prod environment. */
import { base } from './base.ts';

export const prod = {
  ...base,
  environment: 'prod',
  domain: 'orders.example.com',
  network: { ...base.network, natGateways: 3 },
  compute: { kind: 'ec2', instanceType: 'm7g.large', min: 2, max: 10 },
  data: { ...base.data, instances: 3, retentionDays: 35 },
};
