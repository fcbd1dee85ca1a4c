/**
 * The customer's migration: a Lambda function by its name, asked for one phase and waited for. It refuses by an error whose
 * name begins with Invalid; every other one is asked again.
 */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { DependencyNotReady, InvalidMigration } from '../errors.ts';
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
    async run(order) {
      const asked = `${migrationFunction}, asked to ${order.phase}`;
      const Payload = Buffer.from(JSON.stringify(order));
      const command = new InvokeCommand({ FunctionName: migrationFunction, Payload });
      const answer = await call(asked, client.send(command));
      if (!answer.FunctionError) return;
      const { errorType, errorMessage } = Failure.parse(
        JSON.parse(Buffer.from(answer.Payload ?? []).toString() || '{}'),
      );
      const Failed = errorType.startsWith('Invalid') ? InvalidMigration : DependencyNotReady;
      throw new Failed(`${asked}: ${errorType}: ${errorMessage}`);
    },
  };
}

/** What Lambda's runtime answers for an error that was thrown (Lambda Developer Guide, "Node.js function errors"). */
const Failure = z.object({ errorType: z.string().default('unnamed'), errorMessage: z.string().default('') });
