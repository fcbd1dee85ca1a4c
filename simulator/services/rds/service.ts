/** Amazon DocumentDB's control plane, which is RDS's: global clusters, clusters, instances, failover and switchover. */
import type { Clients } from '../../clients.ts';
import { Random, seedStream } from '../../random.ts';
import { type Context, defineService } from '../../service.ts';
import {
  deleteDBCluster,
  deleteDBInstance,
  deleteGlobalCluster,
  modifyDBCluster,
  modifyDBInstance,
  modifyGlobalCluster,
} from './changes.ts';
import { createDBCluster, createDBInstance, describeDBClusters, describeDBInstances } from './clusters.ts';
import { abandonSwitchover, beginPromotion, completePromotion, detached } from './failover.ts';
import {
  createGlobalCluster,
  describeGlobalClusters,
  failoverGlobalCluster,
  globalArn,
  removeFromGlobalCluster,
  switchoverGlobalCluster,
} from './global-clusters.ts';
import { notify, rejoin } from './replication.ts';
import type { RdsState } from './state.ts';

type RdsContext = Context<RdsState>;

const arn = ({ region, account }: RdsContext, kind: 'cluster' | 'db', id: string | undefined): string =>
  id?.startsWith('arn:') ? id : `arn:aws:rds:${region}:${account}:${kind}:${id?.toLowerCase() ?? '*'}`;

const globalOf = (context: RdsContext, id: string | undefined): string =>
  globalArn(context.account, id?.toLowerCase() ?? '*');

/** The same in every run of one account, whatever the seed: endpoints must survive a fork. */
const endpointId = (region: string, account: string): string =>
  `c${new Random(seedStream(0, `docdb endpoints ${account} ${region}`)).hex(11)}`;

export const rds = defineService<Clients['rds'], RdsState>({
  name: 'rds',
  initialState: (region, account) => ({
    endpointId: endpointId(region, account),
    globals: {},
    clusters: {},
    instances: {},
    subnetGroups: {},
    parameterGroups: {},
  }),
  operations: {
    CreateGlobalCluster: createGlobalCluster,
    DescribeGlobalClusters: describeGlobalClusters,
    FailoverGlobalCluster: failoverGlobalCluster,
    SwitchoverGlobalCluster: switchoverGlobalCluster,
    RemoveFromGlobalCluster: removeFromGlobalCluster,
    ModifyGlobalCluster: modifyGlobalCluster,
    DeleteGlobalCluster: deleteGlobalCluster,
    CreateDBCluster: createDBCluster,
    ModifyDBCluster: modifyDBCluster,
    DeleteDBCluster: deleteDBCluster,
    DescribeDBClusters: describeDBClusters,
    CreateDBInstance: createDBInstance,
    ModifyDBInstance: modifyDBInstance,
    DeleteDBInstance: deleteDBInstance,
    DescribeDBInstances: describeDBInstances,
  },
  // Service Authorization Reference, "Amazon RDS".
  access: {
    CreateGlobalCluster: (input, context) => ({ resources: [globalOf(context, input.GlobalClusterIdentifier)] }),
    DescribeGlobalClusters: (input, context) => ({ resources: [globalOf(context, input.GlobalClusterIdentifier)] }),
    FailoverGlobalCluster: (input, context) => ({
      resources: [
        globalOf(context, input.GlobalClusterIdentifier),
        arn(context, 'cluster', input.TargetDbClusterIdentifier),
      ],
    }),
    SwitchoverGlobalCluster: (input, context) => ({
      resources: [
        globalOf(context, input.GlobalClusterIdentifier),
        arn(context, 'cluster', input.TargetDbClusterIdentifier),
      ],
    }),
    RemoveFromGlobalCluster: (input, context) => ({
      resources: [globalOf(context, input.GlobalClusterIdentifier), arn(context, 'cluster', input.DbClusterIdentifier)],
    }),
    ModifyGlobalCluster: (input, context) => ({ resources: [globalOf(context, input.GlobalClusterIdentifier)] }),
    DeleteGlobalCluster: (input, context) => ({ resources: [globalOf(context, input.GlobalClusterIdentifier)] }),
    ModifyDBCluster: (input, context) => ({ resources: [arn(context, 'cluster', input.DBClusterIdentifier)] }),
    DeleteDBCluster: (input, context) => ({ resources: [arn(context, 'cluster', input.DBClusterIdentifier)] }),
    ModifyDBInstance: (input, context) => ({ resources: [arn(context, 'db', input.DBInstanceIdentifier)] }),
    DeleteDBInstance: (input, context) => ({ resources: [arn(context, 'db', input.DBInstanceIdentifier)] }),
    CreateDBCluster: (input, context) => ({ resources: [arn(context, 'cluster', input.DBClusterIdentifier)] }),
    DescribeDBClusters: (input, context) => ({ resources: [arn(context, 'cluster', input.DBClusterIdentifier)] }),
    CreateDBInstance: (input, context) => ({ resources: [arn(context, 'db', input.DBInstanceIdentifier)] }),
    DescribeDBInstances: (input, context) => ({ resources: [arn(context, 'db', input.DBInstanceIdentifier)] }),
  },
  redact: { CreateDBCluster: () => ['MasterUserPassword'], ModifyDBCluster: () => ['MasterUserPassword'] },
  timers: { beginPromotion, completePromotion, abandonSwitchover, detached, notify, rejoin },
});
