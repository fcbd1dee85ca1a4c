/** AWS::Signer types. */
import type { ResourceTable } from '../resource.ts';

export const resources: ResourceTable = {
  'AWS::Signer::SigningProfile': {
    inert: true,
    reason: 'ECR signs by itself in the simulator; a profile is only a name that signatures carry',
    create: (properties, context) => {
      const name = String(properties.ProfileName ?? context.physicalName(64).replaceAll('-', '_'));
      const arn = `arn:aws:signer:${context.region}:${context.account}:/signing-profiles/${name}`;
      const version = context.cloud.random('signer').uuid().replaceAll('-', '').slice(0, 10);
      const attributes = {
        Arn: arn,
        ProfileName: name,
        ProfileVersion: version,
        ProfileVersionArn: `${arn}/${version}`,
      };
      return { physicalId: arn, attributes };
    },
  },
};
