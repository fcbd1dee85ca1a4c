/** CloudFormation's resource types of SES. */
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { refuseOtherProperties, unlessGone } from './known-properties.ts';

const refuseOther = (properties: Record<string, unknown>, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::SES::EmailIdentity', logicalId, properties, ['EmailIdentity', 'Tags']);

const identity: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOther(properties, context);
    const EmailIdentity = String(properties.EmailIdentity);
    await context.call('ses', 'CreateEmailIdentity', { EmailIdentity });
    return { physicalId: EmailIdentity };
  },

  /** Tags, of which nothing here asks. */
  update({ wanted }, context) {
    refuseOther(wanted, context);
    return undefined;
  },

  delete: ({ physicalId: EmailIdentity }, context) =>
    unlessGone('NotFoundException', () => context.call('ses', 'DeleteEmailIdentity', { EmailIdentity })).then(() => {}),

  read: ({ physicalId: EmailIdentity }, context) =>
    unlessGone('NotFoundException', async () => {
      await context.call('ses', 'GetEmailIdentity', { EmailIdentity });
      return { EmailIdentity };
    }),
};

export const resources: ResourceTable = { 'AWS::SES::EmailIdentity': identity };
