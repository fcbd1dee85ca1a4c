/** The customer's migration: a Lambda function by its name, asked for one phase and waited for. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DependencyNotReady } from '../errors.ts';
import type { Migration } from '../release-ports.ts';
import { call, clientOptions } from './client.ts';

/** Longer than the other calls: a migration works while it is waited for, at most as long as its caller may run. */
const WAIT_MS = 270_000;

export function lambdaMigration(place: {
  readonly region: string;
  readonly migrationFunction: string | null;
}): Migration | null {
  const { region, migrationFunction } = place;
  if (migrationFunction === null) return null;
  const options = clientOptions(region);
  const requestHandler = { ...options.requestHandler, requestTimeout: WAIT_MS };
  const client = new LambdaClient({ ...options, requestHandler, maxAttempts: 1 });
  return {
    async run(phase, release) {
      const Payload = Buffer.from(JSON.stringify({ phase, ...release }));
      const command = new InvokeCommand({ FunctionName: migrationFunction, Payload });
      const { FunctionError } = await call(`asking ${migrationFunction} to ${phase}`, client.send(command));
      if (FunctionError) throw new DependencyNotReady(`${migrationFunction} could not ${phase}: ${FunctionError}`);
    },
  };
}
