/**
 * A state machine from statemachines/<name>.asl.json, loaded strictly: aws-cdk's own file loader ignores a missing or
 * surplus placeholder, the time limit given beside it, and grants nothing (docs/decisions/003-asl-loader.md).
 */
import { readFileSync } from 'node:fs';
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';

export interface WorkflowProps {
  readonly slug: string;
  /** File stem in statemachines/. */
  readonly name: string;
  /** Physical name, where another region or stack must know it. */
  readonly stateMachineName?: string;
  /** Placeholder → the function that the machine may invoke. */
  readonly placeholders: Readonly<Record<string, IFunction>>;
  /** @default statemachines */
  readonly directory?: string;
}

export class Workflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const file = `${props.directory ?? 'statemachines'}/${props.name}.asl.json`;
    const text = readFileSync(file, 'utf8');
    checkDefinition(file, text, Object.keys(props.placeholders));
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: props.stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(compact(text)),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(props.placeholders).map(([name, fn]) => [name, fn.functionArn]),
      ),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    this.machine.addToRolePolicy(
      new PolicyStatement({
        sid: 'Tasks',
        actions: ['lambda:InvokeFunction'],
        // Not grantInvoke, which adds every version of each function.
        resources: Object.values(props.placeholders).map((fn) => fn.functionArn),
      }),
    );
    // AWS lets neither log delivery nor X-Ray be restricted to a resource (Step Functions Developer Guide, IAM policies).
    acknowledge(this.machine, { 'IAM5[Resource::*]': 'log delivery and traces have no resource to name' });
  }
}

/** Throws when the file and its placeholders do not fit each other, or a limit is missing; the message names both sides. */
export function checkDefinition(file: string, text: string, given: readonly string[]): void {
  const definition = JSON.parse(text) as { QueryLanguage?: string; TimeoutSeconds?: number; Comment?: string };
  const wanted = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] as string));
  const missing = [...wanted].filter((name) => !given.includes(name));
  const surplus = given.filter((name) => !wanted.has(name));
  if (missing.length > 0) throw new Error(`${file}: no construct given for placeholder ${missing.join(', ')}`);
  if (surplus.length > 0) throw new Error(`${file}: has no placeholder ${surplus.join(', ')}`);
  if (definition.QueryLanguage !== 'JSONata') throw new Error(`${file}: QueryLanguage must be JSONata`);
  if (!definition.TimeoutSeconds) throw new Error(`${file}: TimeoutSeconds is missing; nothing may wait for ever`);
  if (!definition.Comment) throw new Error(`${file}: Comment is missing; say what starts it and what done means`);
  const expression = [...text.matchAll(/\{%(.*?)%\}/gs)].find((match) => match[1]?.includes('${'));
  if (expression) throw new Error(`${file}: '\${' inside an expression looks like a placeholder: ${expression[0]}`);
}

/** Comments stay in the file and in the console; white space need not count against the template's size. */
const compact = (text: string): string => JSON.stringify(JSON.parse(text));
