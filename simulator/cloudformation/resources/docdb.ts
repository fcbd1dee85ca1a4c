/** CloudFormation's resource types of DocumentDB. Passwords are not handed on: no call and no trace may hold one. */
import { AwsError } from '../../errors.ts';
import { rds } from '../../services/rds/service.ts';
import type { RdsState } from '../../services/rds/state.ts';
import type { Created, Existing, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import {
  listChanges,
  optionalBoolean,
  optionalNumber,
  optionalText,
  present,
  refuseOtherProperties,
  tagList,
  unlessGone,
} from './known-properties.ts';

type Properties = Record<string, unknown>;

const checkGlobal = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::DocDB::GlobalCluster', logicalId, properties, [
    'DeletionProtection',
    'Engine',
    'EngineVersion',
    'GlobalClusterIdentifier',
    'SourceDBClusterIdentifier',
    'StorageEncrypted',
    'Tags',
  ]);

const globalCluster: Modelled = {
  async create(properties, context): Promise<Created> {
    checkGlobal(properties, context);
    const { GlobalCluster } = await context.call('rds', 'CreateGlobalCluster', {
      GlobalClusterIdentifier: String(properties.GlobalClusterIdentifier),
      SourceDBClusterIdentifier: optionalText(properties.SourceDBClusterIdentifier),
      Engine: optionalText(properties.Engine),
      EngineVersion: optionalText(properties.EngineVersion),
      StorageEncrypted: optionalBoolean(properties.StorageEncrypted),
      DeletionProtection: optionalBoolean(properties.DeletionProtection),
    });
    return {
      physicalId: GlobalCluster?.GlobalClusterIdentifier ?? '',
      attributes: {
        GlobalClusterArn: GlobalCluster?.GlobalClusterArn,
        GlobalClusterResourceId: GlobalCluster?.GlobalClusterResourceId,
      },
    };
  },

  async update({ physicalId: GlobalClusterIdentifier, wanted, changed }, context) {
    checkGlobal(wanted, context);
    if (changed.has('DeletionProtection')) {
      const DeletionProtection = optionalBoolean(wanted.DeletionProtection) ?? false;
      await context.call('rds', 'ModifyGlobalCluster', { GlobalClusterIdentifier, DeletionProtection });
    }
    return undefined;
  },

  delete: ({ physicalId: GlobalClusterIdentifier }, context) =>
    unlessGone('GlobalClusterNotFoundFault', () =>
      context.call('rds', 'DeleteGlobalCluster', { GlobalClusterIdentifier }),
    ).then(() => {}),

  read: ({ physicalId: GlobalClusterIdentifier }, context) =>
    unlessGone('GlobalClusterNotFoundFault', async () => {
      const described = await context.call('rds', 'DescribeGlobalClusters', { GlobalClusterIdentifier });
      const live = described.GlobalClusters?.[0];
      return {
        GlobalClusterIdentifier: live?.GlobalClusterIdentifier,
        Engine: live?.Engine,
        EngineVersion: live?.EngineVersion,
        StorageEncrypted: live?.StorageEncrypted,
        DeletionProtection: live?.DeletionProtection,
      };
    }),
};

const checkCluster = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::DocDB::DBCluster', logicalId, properties, [
    'BackupRetentionPeriod',
    'CopyTagsToSnapshot',
    'DBClusterIdentifier',
    'DBClusterParameterGroupName',
    'DBSubnetGroupName',
    'DeletionProtection',
    'EnableCloudwatchLogsExports',
    'EngineVersion',
    'GlobalClusterIdentifier',
    'KmsKeyId',
    'MasterUserPassword',
    'MasterUsername',
    'Port',
    // Backups and maintenance do not happen here by themselves.
    'PreferredBackupWindow',
    'PreferredMaintenanceWindow',
    'StorageEncrypted',
    'StorageType',
    'Tags',
    'VpcSecurityGroupIds',
  ]);

const logTypes = (properties: Properties): string[] => (properties.EnableCloudwatchLogsExports ?? []) as string[];

const cluster: Modelled = {
  async create(properties, context): Promise<Created> {
    checkCluster(properties, context);
    const { DBCluster } = await context.call('rds', 'CreateDBCluster', {
      DBClusterIdentifier: String(properties.DBClusterIdentifier ?? context.physicalName(63)).toLowerCase(),
      Engine: 'docdb',
      EngineVersion: optionalText(properties.EngineVersion),
      GlobalClusterIdentifier: optionalText(properties.GlobalClusterIdentifier),
      MasterUsername: optionalText(properties.MasterUsername),
      Port: optionalNumber(properties.Port),
      DBSubnetGroupName: optionalText(properties.DBSubnetGroupName),
      DBClusterParameterGroupName: optionalText(properties.DBClusterParameterGroupName),
      BackupRetentionPeriod: optionalNumber(properties.BackupRetentionPeriod),
      StorageEncrypted: optionalBoolean(properties.StorageEncrypted),
      KmsKeyId: optionalText(properties.KmsKeyId),
      DeletionProtection: optionalBoolean(properties.DeletionProtection),
      VpcSecurityGroupIds: properties.VpcSecurityGroupIds as string[] | undefined,
      EnableCloudwatchLogsExports: properties.EnableCloudwatchLogsExports as string[] | undefined,
      Tags: tagList(context.tags),
    });
    return {
      physicalId: DBCluster?.DBClusterIdentifier ?? '',
      attributes: {
        ClusterResourceId: DBCluster?.DbClusterResourceId,
        Endpoint: DBCluster?.Endpoint,
        ReadEndpoint: DBCluster?.ReaderEndpoint,
        Port: String(DBCluster?.Port),
      },
    };
  },

  async update({ physicalId: DBClusterIdentifier, properties, wanted, changed }, context) {
    checkCluster(wanted, context);
    if ([...changed].every((name) => name === 'Tags')) return undefined;
    const { removed, added } = listChanges(logTypes(properties), logTypes(wanted));
    const logs = removed.length + added.length > 0;
    await context.call('rds', 'ModifyDBCluster', {
      DBClusterIdentifier,
      ApplyImmediately: true,
      Port: optionalNumber(wanted.Port),
      DBClusterParameterGroupName: optionalText(wanted.DBClusterParameterGroupName),
      BackupRetentionPeriod: optionalNumber(wanted.BackupRetentionPeriod) ?? 1,
      DeletionProtection: optionalBoolean(wanted.DeletionProtection) ?? false,
      VpcSecurityGroupIds: wanted.VpcSecurityGroupIds as string[] | undefined,
      ...(logs && { CloudwatchLogsExportConfiguration: { EnableLogTypes: added, DisableLogTypes: removed } }),
    });
    return undefined;
  },

  delete: ({ physicalId: DBClusterIdentifier }, context) =>
    unlessGone('DBClusterNotFoundFault', () =>
      context.call('rds', 'DeleteDBCluster', { DBClusterIdentifier, SkipFinalSnapshot: true }),
    ).then(() => {}),

  read: ({ physicalId: DBClusterIdentifier }, context) =>
    unlessGone('DBClusterNotFoundFault', async () => {
      const { DBClusters } = await context.call('rds', 'DescribeDBClusters', { DBClusterIdentifier });
      const live = DBClusters?.[0];
      return present({
        DBClusterIdentifier: live?.DBClusterIdentifier,
        EngineVersion: live?.EngineVersion,
        MasterUsername: live?.MasterUsername,
        Port: live?.Port,
        DBSubnetGroupName: live?.DBSubnetGroup,
        DBClusterParameterGroupName: live?.DBClusterParameterGroup,
        BackupRetentionPeriod: live?.BackupRetentionPeriod,
        StorageEncrypted: live?.StorageEncrypted,
        KmsKeyId: live?.KmsKeyId,
        DeletionProtection: live?.DeletionProtection,
        VpcSecurityGroupIds: live?.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
        EnableCloudwatchLogsExports: live?.EnabledCloudwatchLogsExports,
      });
    }),
};

const checkInstance = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::DocDB::DBInstance', logicalId, properties, [
    'AutoMinorVersionUpgrade',
    'AvailabilityZone',
    'CACertificateIdentifier',
    'DBClusterIdentifier',
    'DBInstanceClass',
    'DBInstanceIdentifier',
    'EnablePerformanceInsights',
    'PreferredMaintenanceWindow',
    'Tags',
  ]);

const instance: Modelled = {
  async create(properties, context): Promise<Created> {
    checkInstance(properties, context);
    const { DBInstance } = await context.call('rds', 'CreateDBInstance', {
      DBInstanceIdentifier: String(properties.DBInstanceIdentifier ?? context.physicalName(63)).toLowerCase(),
      DBClusterIdentifier: String(properties.DBClusterIdentifier),
      DBInstanceClass: String(properties.DBInstanceClass),
      Engine: 'docdb',
      AvailabilityZone: optionalText(properties.AvailabilityZone),
      Tags: tagList(context.tags),
    });
    return {
      physicalId: DBInstance?.DBInstanceIdentifier ?? '',
      attributes: { Endpoint: DBInstance?.Endpoint?.Address, Port: String(DBInstance?.Endpoint?.Port) },
    };
  },

  async update({ physicalId: DBInstanceIdentifier, wanted, changed }, context) {
    checkInstance(wanted, context);
    if (changed.has('DBInstanceClass')) {
      const DBInstanceClass = String(wanted.DBInstanceClass);
      await context.call('rds', 'ModifyDBInstance', { DBInstanceIdentifier, DBInstanceClass, ApplyImmediately: true });
    }
    return undefined;
  },

  delete: ({ physicalId: DBInstanceIdentifier }, context) =>
    unlessGone('DBInstanceNotFoundFault', () => context.call('rds', 'DeleteDBInstance', { DBInstanceIdentifier })).then(
      () => {},
    ),

  read: ({ physicalId: DBInstanceIdentifier }, context) =>
    unlessGone('DBInstanceNotFoundFault', async () => {
      const { DBInstances } = await context.call('rds', 'DescribeDBInstances', { DBInstanceIdentifier });
      const live = DBInstances?.[0];
      return {
        DBInstanceIdentifier: live?.DBInstanceIdentifier,
        DBClusterIdentifier: live?.DBClusterIdentifier,
        DBInstanceClass: live?.DBInstanceClass,
        AvailabilityZone: live?.AvailabilityZone,
      };
    }),
};

const stateOf = (context: ResourceContext): RdsState => context.cloud.stateOf<RdsState>(rds, context.region);

const checkSubnetGroup = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::DocDB::DBSubnetGroup', logicalId, properties, [
    'DBSubnetGroupDescription',
    'DBSubnetGroupName',
    'SubnetIds',
    'Tags',
  ]);

function storeSubnetGroup(name: string, properties: Properties, context: ResourceContext): void {
  checkSubnetGroup(properties, context);
  stateOf(context).subnetGroups[name] = {
    description: String(properties.DBSubnetGroupDescription ?? ''),
    subnetIds: [...((properties.SubnetIds as string[] | undefined) ?? [])],
  };
}

/** @throws AwsError InvalidDBSubnetGroupStateFault while a cluster is in it */
function deleteSubnetGroup({ physicalId }: Existing, context: ResourceContext): void {
  const { clusters, subnetGroups } = stateOf(context);
  const user = Object.values(clusters).find(({ subnetGroup }) => subnetGroup === physicalId);
  if (user !== undefined) {
    const message = `Cannot delete the subnet group '${physicalId}' because at least one database instance: ${user.id} is still using it.`;
    throw new AwsError('InvalidDBSubnetGroupStateFault', message);
  }
  delete subnetGroups[physicalId];
}

const subnetGroup: Modelled = {
  create(properties, context): Created {
    const name = String(properties.DBSubnetGroupName ?? context.physicalName(255)).toLowerCase();
    storeSubnetGroup(name, properties, context);
    return { physicalId: name };
  },
  update({ physicalId, wanted }, context) {
    storeSubnetGroup(physicalId, wanted, context);
    return undefined;
  },
  delete: deleteSubnetGroup,
  read({ physicalId }, context) {
    const live = stateOf(context).subnetGroups[physicalId];
    return live && { DBSubnetGroupDescription: live.description, SubnetIds: live.subnetIds };
  },
};

function storeParameterGroup(name: string, properties: Properties, context: ResourceContext): void {
  const known = ['Description', 'Family', 'Name', 'Parameters', 'Tags'];
  refuseOtherProperties('AWS::DocDB::DBClusterParameterGroup', context.logicalId, properties, known);
  stateOf(context).parameterGroups[name] = {
    family: String(properties.Family ?? ''),
    parameters: { ...(properties.Parameters as Record<string, string> | undefined) },
  };
}

/** @throws AwsError InvalidDBParameterGroupStateFault while a cluster uses it */
function deleteParameterGroup({ physicalId }: Existing, context: ResourceContext): void {
  const { clusters, parameterGroups } = stateOf(context);
  if (Object.values(clusters).some(({ parameterGroup }) => parameterGroup === physicalId)) {
    const message =
      'One or more database instances are still members of this parameter group, so the group cannot be deleted';
    throw new AwsError('InvalidDBParameterGroupStateFault', message);
  }
  delete parameterGroups[physicalId];
}

const parameterGroup: Modelled = {
  create(properties, context): Created {
    const name = String(properties.Name ?? context.physicalName(255)).toLowerCase();
    storeParameterGroup(name, properties, context);
    return { physicalId: name };
  },
  update({ physicalId, wanted }, context) {
    storeParameterGroup(physicalId, wanted, context);
    return undefined;
  },
  delete: deleteParameterGroup,
  read({ physicalId }, context) {
    const live = stateOf(context).parameterGroups[physicalId];
    return live && { Family: live.family, Parameters: live.parameters };
  },
};

export const resources: ResourceTable = {
  'AWS::DocDB::GlobalCluster': globalCluster,
  'AWS::DocDB::DBCluster': cluster,
  'AWS::DocDB::DBInstance': instance,
  'AWS::DocDB::DBSubnetGroup': subnetGroup,
  'AWS::DocDB::DBClusterParameterGroup': parameterGroup,
};
