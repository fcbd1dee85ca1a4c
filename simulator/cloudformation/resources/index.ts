/** Every resource type the simulator knows: the tables of all services merged, and the list of what is inert and why. */
import type { Inert, Modelled, ResourceTable } from '../resource.ts';
import { resources as acm } from './acm.ts';
import { resources as applicationautoscaling } from './applicationautoscaling.ts';
import { resources as autoscaling } from './autoscaling.ts';
import { resources as cloudformation } from './cloudformation.ts';
import { resources as cloudwatch } from './cloudwatch.ts';
import { resources as docdb } from './docdb.ts';
import { resources as dynamodb } from './dynamodb.ts';
import { resources as ec2 } from './ec2.ts';
import { resources as ecr } from './ecr.ts';
import { resources as ecs } from './ecs.ts';
import { resources as elasticloadbalancingv2 } from './elasticloadbalancingv2.ts';
import { resources as events } from './events.ts';
import { resources as iam } from './iam.ts';
import { resources as kms } from './kms.ts';
import { resources as lambda } from './lambda.ts';
import { resources as lambdaSources } from './lambda-sources.ts';
import { resources as logs } from './logs.ts';
import { type InventoryRow, inventoryOf, mergeTables } from './merge.ts';
import { resources as route53 } from './route53.ts';
import { resources as s3 } from './s3.ts';
import { resources as scheduler } from './scheduler.ts';
import { resources as secretsmanager } from './secretsmanager.ts';
import { resources as ses } from './ses.ts';
import { resources as signer } from './signer.ts';
import { resources as sns } from './sns.ts';
import { resources as sqs } from './sqs.ts';
import { resources as ssm } from './ssm.ts';
import { resources as stepfunctions } from './stepfunctions.ts';
import { updateBehaviours } from './update-behaviours.ts';

/** CloudFormation type → model. */
export const resources: ResourceTable = withBehaviours(
  mergeTables({
    acm,
    applicationautoscaling,
    autoscaling,
    cloudformation,
    cloudwatch,
    docdb,
    dynamodb,
    ec2,
    ecr,
    ecs,
    elasticloadbalancingv2,
    events,
    iam,
    kms,
    lambda,
    lambdaSources,
    logs,
    route53,
    s3,
    scheduler,
    secretsmanager,
    ses,
    signer,
    sns,
    sqs,
    ssm,
    stepfunctions,
  }),
);

/** With what an update of each property needs. */
function withBehaviours(table: ResourceTable): ResourceTable {
  const withOne = ([type, model]: [string, Modelled | Inert]) => {
    const updates = model.updates ?? updateBehaviours[type];
    return [type, updates === undefined ? model : { ...model, updates }];
  };
  return Object.fromEntries(Object.entries(table).map(withOne));
}

/** What is modelled and what is only stored, by type name. */
export const inventory = (): InventoryRow[] => inventoryOf(resources);
