/**
 * The DocumentDB cluster of one serving region and its place in the global cluster (req D1). Which region's cluster
 * writes is data of the global cluster, never of the template: the first region only *founds* it.
 */
import { CfnDeletionPolicy, type CfnResource, RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import {
  CfnDBCluster,
  CfnDBClusterParameterGroup,
  CfnDBInstance,
  CfnDBSubnetGroup,
  CfnGlobalCluster,
} from 'aws-cdk-lib/aws-docdb';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../../acknowledge.ts';
import type { Configuration } from '../../config/index.ts';
import type { Names } from '../../names.ts';
import type { Network } from './network.ts';

const MASTER_USER = 'mainstay';

export interface DatabaseProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly network: Network;
  readonly key: IKey;
  readonly region: string;
  /** True in the first serving region, which creates the global cluster and the master user. */
  readonly founds: boolean;
}

export class Database extends Construct {
  readonly cluster: CfnDBCluster;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { configuration, names, network, key, region } = props;
    const { data } = configuration;
    const subnets = new CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupDescription: `${names.prefix} isolated subnets`,
      subnetIds: network.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
    });
    const parameters = new CfnDBClusterParameterGroup(this, 'Parameters', {
      family: `docdb${data.engineVersion.split('.').slice(0, 2).join('.')}`,
      description: `${names.prefix}: TLS, audit and profiler on`,
      parameters: { tls: 'enabled', audit_logs: 'enabled', profiler: 'enabled', profiler_threshold_ms: '100' },
    });
    this.cluster = new CfnDBCluster(this, 'Cluster', {
      dbClusterIdentifier: names.cluster(region),
      globalClusterIdentifier: names.globalCluster,
      engineVersion: data.engineVersion,
      dbSubnetGroupName: subnets.ref,
      dbClusterParameterGroupName: parameters.ref,
      vpcSecurityGroupIds: [network.databaseGroup.securityGroupId],
      storageEncrypted: true,
      kmsKeyId: key.keyArn,
      backupRetentionPeriod: data.retentionDays,
      deletionProtection: configuration.environment === 'prod',
      enableCloudwatchLogsExports: ['audit', 'profiler'],
      ...(props.founds ? this.#found(props) : {}),
    });
    keep(this.cluster);
    acknowledge(this.cluster, {
      DOC2: "the port is no secret; only the application's security group reaches it",
      DOC3: "the rule cannot read the password's dynamic reference",
      'DOC5[LogExport::authenticate]': 'audit and profiler are exported; authenticate is part of audit in engine 5.0',
      'DOC5[LogExport::createIndex]': 'audit and profiler are exported; createIndex is part of audit in engine 5.0',
      'DOC5[LogExport::dropCollection]':
        'audit and profiler are exported; dropCollection is part of audit in engine 5.0',
    });
    for (let index = 0; index < data.instances; index++) {
      new CfnDBInstance(this, `Instance${index + 1}`, {
        dbClusterIdentifier: this.cluster.ref,
        dbInstanceClass: data.instanceClass,
        autoMinorVersionUpgrade: false,
      });
    }
  }

  /** The global cluster and its master user, whose secret is replicated so that the other region can read it alone. */
  #found({ configuration, names, key }: DatabaseProps): { masterUsername: string; masterUserPassword: string } {
    const secret = new Secret(this, 'Master', {
      secretName: names.databaseSecret,
      encryptionKey: key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: MASTER_USER }),
        generateStringKey: 'password',
        excludePunctuation: true,
        passwordLength: 40,
      },
      replicaRegions: [{ region: configuration.regions.serving[1] }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(secret, {
      SMG4: 'rotation without failed logins is a capability of its own (secret-rotation), not built yet',
    });
    const global = new CfnGlobalCluster(this, 'Global', {
      globalClusterIdentifier: names.globalCluster,
      engine: 'docdb',
      engineVersion: configuration.data.engineVersion,
      storageEncrypted: true,
      deletionProtection: configuration.environment === 'prod',
    });
    keep(global);
    this.node.addDependency(global);
    return {
      masterUsername: MASTER_USER,
      masterUserPassword: SecretValue.secretsManager(secret.secretArn, { jsonField: 'password' }).unsafeUnwrap(),
    };
  }
}

const keep = (resource: CfnResource): void => {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
};
