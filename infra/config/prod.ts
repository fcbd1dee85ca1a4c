/** The prod environment. */
import { base } from './base.ts';

export const prod = {
  ...base,
  environment: 'prod',
  domain: 'orders.example.com',
  network: { ...base.network, natGateways: 3 },
  compute: {
    kind: 'ec2',
    instanceType: 'm7g.large',
    min: 2,
    max: 10,
    // Four over the working day of both coasts (req W1).
    schedules: [
      { name: 'day', hour: 13, days: 'working', min: 4 },
      { name: 'night', hour: 2, min: 2 },
    ],
  },
  data: { ...base.data, instances: 3, retentionDays: 35 },
};
