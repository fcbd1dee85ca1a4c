/** The prod environment with its colours as ECS services on Fargate instead of Auto Scaling groups. */
import { prod } from './prod.ts';

export const prodFargate = { ...prod, compute: { ...prod.compute, kind: 'fargate' } };
