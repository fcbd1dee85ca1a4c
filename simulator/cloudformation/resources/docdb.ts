/** CloudFormation's resource types of DocumentDB. Passwords are not handed on: no call and no trace may hold one. */
import { rds } from '../../services/rds/service.ts';
import type { RdsState } from '../../services/rds/state.ts';
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, optionalNumber, refuseOtherProperties, tagList } from './known-properties.ts';

type Properties = Record<string, unknown>;

export const resources: ResourceTable = {
  'AWS::DocDB::GlobalCluster': { create: createGlobalCluster },
  'AWS::DocDB::DBCluster': { create: createCluster },
  'AWS::DocDB::DBInstance': { create: createInstance },
  'AWS::DocDB::DBSubnetGroup': { create: createSubnetGroup },
  'AWS::DocDB::DBClusterParameterGroup': { create: createParameterGroup },
};

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

async function createGlobalCluster(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::DocDB::GlobalCluster', context.logicalId, properties, [
    'DeletionProtection',
    'Engine',
    'EngineVersion',
    'GlobalClusterIdentifier',
    'SourceDBClusterIdentifier',
    'StorageEncrypted',
    'Tags',
  ]);
  const { GlobalCluster } = await context.call('rds', 'CreateGlobalCluster', {
    GlobalClusterIdentifier: String(properties.GlobalClusterIdentifier),
    SourceDBClusterIdentifier: text(properties.SourceDBClusterIdentifier),
    Engine: text(properties.Engine),
    EngineVersion: text(properties.EngineVersion),
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
}

const clusterProperties = [
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
];

async function createCluster(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::DocDB::DBCluster', context.logicalId, properties, clusterProperties);
  const { DBCluster } = await context.call('rds', 'CreateDBCluster', {
    DBClusterIdentifier: String(properties.DBClusterIdentifier ?? context.physicalName(63)).toLowerCase(),
    Engine: 'docdb',
    EngineVersion: text(properties.EngineVersion),
    GlobalClusterIdentifier: text(properties.GlobalClusterIdentifier),
    MasterUsername: text(properties.MasterUsername),
    Port: optionalNumber(properties.Port),
    DBSubnetGroupName: text(properties.DBSubnetGroupName),
    DBClusterParameterGroupName: text(properties.DBClusterParameterGroupName),
    BackupRetentionPeriod: optionalNumber(properties.BackupRetentionPeriod),
    StorageEncrypted: optionalBoolean(properties.StorageEncrypted),
    KmsKeyId: text(properties.KmsKeyId),
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
}

async function createInstance(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::DocDB::DBInstance', context.logicalId, properties, [
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
  const { DBInstance } = await context.call('rds', 'CreateDBInstance', {
    DBInstanceIdentifier: String(properties.DBInstanceIdentifier ?? context.physicalName(63)).toLowerCase(),
    DBClusterIdentifier: String(properties.DBClusterIdentifier),
    DBInstanceClass: String(properties.DBInstanceClass),
    Engine: 'docdb',
    AvailabilityZone: text(properties.AvailabilityZone),
    Tags: tagList(context.tags),
  });
  return {
    physicalId: DBInstance?.DBInstanceIdentifier ?? '',
    attributes: { Endpoint: DBInstance?.Endpoint?.Address, Port: String(DBInstance?.Endpoint?.Port) },
  };
}

const stateOf = (context: ResourceContext): RdsState => context.cloud.stateOf<RdsState>(rds, context.region);

function createSubnetGroup(properties: Properties, context: ResourceContext): Created {
  const known = ['DBSubnetGroupDescription', 'DBSubnetGroupName', 'SubnetIds', 'Tags'];
  refuseOtherProperties('AWS::DocDB::DBSubnetGroup', context.logicalId, properties, known);
  const name = String(properties.DBSubnetGroupName ?? context.physicalName(255)).toLowerCase();
  stateOf(context).subnetGroups[name] = {
    description: String(properties.DBSubnetGroupDescription ?? ''),
    subnetIds: [...((properties.SubnetIds as string[] | undefined) ?? [])],
  };
  return { physicalId: name };
}

function createParameterGroup(properties: Properties, context: ResourceContext): Created {
  const known = ['Description', 'Family', 'Name', 'Parameters', 'Tags'];
  refuseOtherProperties('AWS::DocDB::DBClusterParameterGroup', context.logicalId, properties, known);
  const name = String(properties.Name ?? context.physicalName(255)).toLowerCase();
  stateOf(context).parameterGroups[name] = {
    family: String(properties.Family ?? ''),
    parameters: { ...(properties.Parameters as Record<string, string> | undefined) },
  };
  return { physicalId: name };
}
