/**
 * A scenario's own policy of releases: deployed before it begins, as an update of the stack would change the functions'
 * configuration.
 */
import type { ReleasePolicy } from '../../../functions/shared/config.ts';
import type { Configuration } from '../../../infra/config/index.ts';
import type { Watched } from './monitor.ts';

/** What the environment's configuration says otherwise; the meanings are written in infra/config/schema.ts. */
export type OwnPolicy = Partial<
  Pick<ReleasePolicy, 'approval' | 'approvalSecondsMax' | 'retainSeconds' | 'stickySeconds'>
>;

/** The configuration as the scenario has it, for those who judge by it. */
export function withPolicy(configuration: Configuration, policy: OwnPolicy): Configuration {
  const { approval, approvalSecondsMax } = { ...configuration.release, ...policy };
  return { ...configuration, release: { ...configuration.release, approval, approvalSecondsMax } };
}

/** How infra/constructs/task-function.ts describes the functions of this capability. */
const DESCRIBED = /^blue-green\//;

/** Throws when no such function is deployed. */
export async function deployPolicy({ cloud, region }: Watched, policy: OwnPolicy): Promise<void> {
  const { Functions = [] } = await cloud.call('lambda', 'ListFunctions', {}, { region });
  const ours = Functions.filter(({ Description }) => DESCRIBED.test(Description ?? ''));
  if (ours.length === 0) throw new Error(`no function of blue-green is deployed in ${region}`);
  for (const { FunctionName, Environment } of ours) {
    const config = JSON.parse(Environment?.Variables?.MAINSTAY_CONFIG ?? '{}') as { readonly policy?: object };
    const MAINSTAY_CONFIG = JSON.stringify({ ...config, policy: { ...config.policy, ...policy } });
    const Variables = { ...Environment?.Variables, MAINSTAY_CONFIG };
    await cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName, Environment: { Variables } }, { region });
  }
}
