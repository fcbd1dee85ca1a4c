/**
 * A scenario's own policy of releases: deployed before it begins, as an update of the stack would change the functions'
 * configuration.
 */
import type { ReleasePolicy } from '../../../functions/shared/config.ts';
import type { Configuration } from '../../../infra/config/index.ts';
import { type Names, namesOf } from '../../../infra/names.ts';
import { makeAlarm, setAlarm } from '../../drill/alarms.ts';
import type { Watched } from './monitor.ts';

/** What the environment's configuration says otherwise; the meanings are written in infra/config/schema.ts. */
export type OwnPolicy = Partial<Pick<ReleasePolicy, Judged | 'retainSeconds' | 'stickySeconds'>> & {
  /** Alarms of the application that must be OK, by the ends of their names; they are made with the policy, and are OK then. */
  readonly alarms?: readonly string[];
};

/** Those that invariants are judged by as well, under the same names in infra/config. */
type Judged =
  | ('approval' | 'approvalSecondsMax' | 'evidenceSecondsMax' | 'pauseSecondsMax')
  | ('steps' | 'stepSeconds' | 'stepSecondsMax' | 'bakeSeconds' | 'bakeSecondsMax');

/** An alarm of the application, by the end of its name. */
export const alarmNamed = ({ prefix }: Pick<Names, 'prefix'>, name: string): string => `${prefix}-${name}`;

/** The configuration as the scenario has it, for those who judge by it. */
export function withPolicy(configuration: Configuration, policy: OwnPolicy): Configuration {
  const { retainSeconds: _, stickySeconds: __, alarms: own, ...judged } = policy;
  const named = own?.map((name) => alarmNamed(namesOf(configuration), name));
  const alarms = named ?? configuration.release.alarms;
  return { ...configuration, release: { ...configuration.release, ...judged, alarms } };
}

/** How infra/constructs/task-function.ts describes the functions of this capability. */
const DESCRIBED = /^blue-green\//;

/** Throws when no such function is deployed. */
export async function deployPolicy({ cloud, region, names }: Watched, { alarms, ...rest }: OwnPolicy): Promise<void> {
  const named = alarms?.map((name) => alarmNamed(names, name));
  for (const name of named ?? []) {
    await makeAlarm(cloud, region, name);
    await setAlarm(cloud, region, name, 'OK');
  }
  const policy = { ...rest, ...(named && { alarms: named }) };
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
