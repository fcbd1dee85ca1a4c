/** Every service and part of the world that a cloud is made of. */
import { cloudFormation } from '../cloudformation/service.ts';
import { scheduler } from '../eventbridge/scheduler.ts';
import { eventBridge } from '../eventbridge/service.ts';
import { iam } from '../iam/service.ts';
import { lambda } from '../lambda/index.ts';
import type { AnyService } from '../service.ts';
import { stepFunctions } from '../stepfunctions/service.ts';
import { worldParts } from '../world/index.ts';
import { applicationAutoScaling } from './application-autoscaling/service.ts';
import { autoScaling } from './autoscaling/service.ts';
import { cloudWatch } from './cloudwatch/index.ts';
import { dynamoDb } from './dynamodb/index.ts';
import { ec2 } from './ec2/service.ts';
import { ecr } from './ecr/index.ts';
import { ecs } from './ecs/service.ts';
import { elbv2 } from './elbv2/service.ts';
import { kms } from './kms/index.ts';
import { rds } from './rds/service.ts';
import { route53 } from './route53/service.ts';
import { s3 } from './s3/index.ts';
import { secretsManager } from './secretsmanager/index.ts';
import { ses } from './ses/index.ts';
import { signer } from './signer/index.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs/index.ts';
import { ssm } from './ssm/index.ts';
import { sts } from './sts/index.ts';

export const services: readonly AnyService[] = [
  applicationAutoScaling,
  autoScaling,
  cloudFormation,
  cloudWatch,
  dynamoDb,
  ec2,
  ecr,
  ecs,
  elbv2,
  eventBridge,
  iam,
  kms,
  lambda,
  rds,
  route53,
  s3,
  scheduler,
  secretsManager,
  ses,
  signer,
  sns,
  sqs,
  ssm,
  stepFunctions,
  sts,
  ...worldParts,
];
