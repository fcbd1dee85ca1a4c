/** The world around the simulated AWS: its parts for the cloud's list of services, and what drivers use of it. */
import type { AnyService } from '../service.ts';
import { database } from './database.ts';
import { dns } from './dns.ts';
import { environment } from './environment.ts';
import { events } from './events.ts';
import { instances } from './instances.ts';
import { ledger } from './ledger.ts';
import { providers } from './providers/index.ts';
import { releases } from './releases.ts';
import { tasks } from './tasks.ts';
import { users } from './users.ts';

/** To be given to `Cloud.create` beside AWS's services. */
export const worldParts: readonly AnyService[] = [
  ledger,
  dns,
  users,
  instances,
  environment,
  database,
  events,
  releases,
  tasks,
  providers,
];

export type { ReleaseBehaviour } from './behaviour.ts';
export { tellApplication } from './environment.ts';
export { happen, scheduleEvents, type TimedEvent, type WorldEvent } from './events.ts';
export {
  crashInstance,
  haltInstances,
  pauseInstance,
  resumeInstances,
  runningInstances,
  wakeInstance,
} from './instances.ts';
export { type Ledger, ledgerOf } from './ledger.ts';
export { worldHttp } from './network.ts';
export {
  openProviders,
  type ProviderName,
  type ProvidersOptions,
  providersState,
  type Trouble,
} from './providers/index.ts';
export { digestsOf, type PushedRelease, pushRelease, type ReleaseDigests } from './releases.ts';
export { replicationLagMs } from './replication.ts';
export { crashTask, runningTasks } from './tasks.ts';
export { paceUsers, startUsers, stopUsers, type UsersOptions } from './users.ts';
