/** One Lambda function of a slug: the bundle that `npm run build` made, its configuration, its log group. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';

export interface TaskFunctionProps {
  readonly slug: string;
  /** File stem in functions/<slug>/. */
  readonly handler: string;
  /** Becomes the variable MAINSTAY_CONFIG, read by functions/shared/config.ts. */
  readonly config: Readonly<Record<string, unknown>>;
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** @default 256 */
  readonly memoryMiB?: number;
  /** Where bundles are. @default dist */
  readonly bundles?: string;
}

export class TaskFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: TaskFunctionProps) {
    super(scope, id);
    const directory = join(props.bundles ?? 'dist', props.slug, props.handler);
    if (!existsSync(join(directory, 'index.cjs'))) {
      throw new Error(`no bundle ${directory}/index.cjs for ${props.slug}/${props.handler}; run 'npm run build' first`);
    }
    this.function = new LambdaFunction(this, 'Function', {
      description: `${props.slug}/${props.handler}`,
      code: Code.fromAsset(directory),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout ?? Duration.seconds(30),
      memorySize: props.memoryMiB ?? 256,
      logGroup: new LogGroup(this, 'Logs', {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      environment: {
        MAINSTAY_CONFIG: JSON.stringify(props.config),
        POWERTOOLS_SERVICE_NAME: props.slug,
        POWERTOOLS_METRICS_NAMESPACE: 'Mainstay',
      },
    });
    const basic = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    acknowledge(this.function, { [`IAM4[Policy::${basic}]`]: 'it only lets a function write its own log' });
  }
}
