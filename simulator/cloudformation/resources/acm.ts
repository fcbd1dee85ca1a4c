/** AWS::CertificateManager types. */
import type { ResourceTable } from '../resource.ts';

export const resources: ResourceTable = {
  'AWS::CertificateManager::Certificate': {
    inert: true,
    reason: 'TLS is not simulated: every https name is taken as certified',
    create: (_properties, context) => {
      const id = context.cloud.random('acm').uuid();
      return { physicalId: `arn:aws:acm:${context.region}:${context.account}:certificate/${id}` };
    },
  },
};
