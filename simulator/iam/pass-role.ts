/** The permission that a caller needs to hand a role to a service (IAM User Guide, "Grant a user permissions to pass a role"). */
import type { Access } from '../service.ts';

export const passRole = (roleArn: string | undefined, service: string): Access => ({
  action: 'iam:PassRole',
  resources: [roleArn ?? '*'],
  conditions: { 'iam:PassedToService': service },
});
