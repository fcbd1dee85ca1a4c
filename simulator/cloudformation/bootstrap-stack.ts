/**
 * Prepares regions as `cdk bootstrap` does, in full: the CDK command's own template as stack CDKToolkit, with its bucket,
 * repository, version parameter and the roles that `cdk deploy` works through. Started for an account that the real
 * command is to deploy into; a drill's deployment needs no roles and is content with bootstrap.ts.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Cloud } from '../cloud.ts';
import { createStack } from './engine.ts';
import { resources } from './resources/index.ts';

/** Where the CDK command looks for what it was bootstrapped with. */
export const TOOLKIT_STACK = 'CDKToolkit';

/** Of the package aws-cdk. */
const TEMPLATE = 'lib/api/bootstrap/bootstrap-template.yaml';

/**
 * In every region of the cloud. It takes virtual time: run it through `cloud.resolve`. Throws StackFailed where a region
 * is bootstrapped already, and when the CDK command is not installed.
 */
export async function bootstrapWithRoles(cloud: Cloud): Promise<void> {
  const template = readTemplate();
  for (const region of cloud.state.regions) {
    await createStack(cloud, {
      region,
      stackName: TOOLKIT_STACK,
      template,
      // What the command passes when it is told nothing else: S3's own key, no further key to pay for.
      parameters: { FileAssetsBucketKmsKeyId: 'AWS_MANAGED_KEY' },
      resources,
    });
  }
}

function readTemplate(): string {
  const load = createRequire(import.meta.url);
  try {
    return readFileSync(join(dirname(load.resolve('aws-cdk/package.json')), TEMPLATE), 'utf8');
  } catch (cause) {
    throw new Error(`the bootstrap template comes with the CDK command: install aws-cdk (npm ci)`, { cause });
  }
}
