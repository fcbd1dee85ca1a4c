/** The prod environment with its colours as ECS services on Fargate instead of Auto Scaling groups. */
import { prod } from './prod.ts';

// A release may take two minutes to start, as on instances.
export const prodFargate = { ...prod, compute: { ...prod.compute, kind: 'fargate', graceSeconds: 180 } };
