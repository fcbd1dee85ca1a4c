/** Where a command works: on AWS with the operator's own credentials, or in a simulated cloud in this process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DocDB } from '@aws-sdk/client-docdb';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SFN } from '@aws-sdk/client-sfn';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import type { Clients, Input, OperationName, Output } from '../simulator/clients.ts';
import type { Cloud } from '../simulator/cloud.ts';

/** The services that commands talk to. */
type Used = Pick<Clients, 'dynamodb' | 'events' | 'rds' | 'ssm' | 'states' | 'sts'>;

export interface Target {
  readonly name: 'local' | 'aws';
  call<S extends keyof Used, O extends OperationName<Clients[S]>>(
    service: S,
    operation: O,
    input: Input<Clients[S], O>,
    region: string,
  ): Promise<Output<Clients[S], O>>;
  /** Waits; in the simulator virtual time passes. */
  wait(milliseconds: number): Promise<void>;
}

const clients = { dynamodb: DynamoDB, events: EventBridge, rds: DocDB, ssm: SSM, states: SFN, sts: STS };

/** The operator's AWS account. Errors of the SDK pass through. */
export function awsTarget(): Target {
  const made = new Map<string, Record<string, (input: unknown) => Promise<unknown>>>();
  return {
    name: 'aws',
    async call(service, operation, input, region) {
      const key = `${service}@${region}`;
      const client = made.get(key) ?? (new clients[service]({ region }) as never);
      made.set(key, client);
      const method = operation.charAt(0).toLowerCase() + operation.slice(1);
      return (await client[method]?.(input)) as never;
    },
    wait: (milliseconds) => sleep(milliseconds),
  };
}

export function localTarget(cloud: Cloud): Target {
  return {
    name: 'local',
    // The call may need virtual time (a quorum write), so the clock runs until it is answered.
    call: (service, operation, input, region) =>
      cloud.resolve(cloud.call(service, operation, input, { region, from: 'internet' })),
    wait: (milliseconds) => cloud.advance(milliseconds),
  };
}
