/** The AWS APIs that the simulator speaks, by IAM prefix, typed by the SDK's own clients. Types only. */
import type { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { DocDB } from '@aws-sdk/client-docdb';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ECR } from '@aws-sdk/client-ecr';
import type { ECS } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { IAM } from '@aws-sdk/client-iam';
import type { KMS } from '@aws-sdk/client-kms';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { Route53 } from '@aws-sdk/client-route-53';
import type { S3 } from '@aws-sdk/client-s3';
import type { Scheduler } from '@aws-sdk/client-scheduler';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { SESv2 } from '@aws-sdk/client-sesv2';
import type { SFN } from '@aws-sdk/client-sfn';
import type { Signer } from '@aws-sdk/client-signer';
import type { SNS } from '@aws-sdk/client-sns';
import type { SQS } from '@aws-sdk/client-sqs';
import type { SSM } from '@aws-sdk/client-ssm';
import type { STS } from '@aws-sdk/client-sts';

/** IAM service prefix → client. DocumentDB's control plane is RDS's, as on AWS. */
export interface Clients {
  'application-autoscaling': ApplicationAutoScaling;
  autoscaling: AutoScaling;
  cloudformation: CloudFormation;
  cloudwatch: CloudWatch;
  dynamodb: DynamoDB;
  ec2: EC2;
  ecr: ECR;
  ecs: ECS;
  elasticloadbalancing: ElasticLoadBalancingV2;
  events: EventBridge;
  iam: IAM;
  kms: KMS;
  lambda: Lambda;
  rds: DocDB;
  route53: Route53;
  s3: S3;
  scheduler: Scheduler;
  secretsmanager: SecretsManager;
  ses: SESv2;
  signer: Signer;
  sns: SNS;
  sqs: SQS;
  ssm: SSM;
  states: SFN;
  sts: STS;
}

export type ServiceName = keyof Clients;

// The three-argument overload of an aggregated client's method is the one that names input and output.
// biome-ignore lint/suspicious/noExplicitAny: inference over the SDK's overloads needs it
type Call<F> = F extends (args: infer I, options: any, callback: (error: any, data?: infer O) => void) => void
  ? { input: I; output: Omit<NonNullable<O>, '$metadata'> }
  : never;

type MethodName<C> = {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  [K in keyof C & string]: C[K] extends (...args: any[]) => any ? ([Call<C[K]>] extends [never] ? never : K) : never;
}[keyof C & string];

/** 'StartExecution' and so on. */
export type OperationName<C> = Capitalize<MethodName<C>>;

type MethodOf<C, O extends string> = Uncapitalize<O> extends keyof C ? C[Uncapitalize<O>] : never;

export type Input<C, O extends string> = Call<MethodOf<C, O>>['input'];
export type Output<C, O extends string> = Call<MethodOf<C, O>>['output'];
