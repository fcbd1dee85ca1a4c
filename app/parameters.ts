/** The region's runtime parameters: which database to use and whether consumers run. Re-read every few seconds. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';

const CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
} as const;

const DatabaseParameter = z.object({
  epoch: z.number().int(),
  /** Host of the cluster that this region writes to. */
  endpoint: z.string().min(1),
  /** Host that this region reads from while it does not write. */
  reader: z.string().min(1),
});
export type DatabaseParameter = z.infer<typeof DatabaseParameter>;

const ConsumersParameter = z.object({ epoch: z.number().int(), enabled: z.boolean() });
export type ConsumersParameter = z.infer<typeof ConsumersParameter>;

const Credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });
export type Credentials = z.infer<typeof Credentials>;

/** Where the settings come from; each call throws when they cannot be read or do not fit. */
export interface ParameterSource {
  database(): Promise<DatabaseParameter>;
  consumers(): Promise<ConsumersParameter>;
}

/** The settings as last read. What cannot be re-read stays as it was: writes depend on the lease, not on freshness. */
export interface Parameters {
  database(): DatabaseParameter | null;
  consumers(): ConsumersParameter | null;
  refresh(): Promise<void>;
}

export function createParameters(source: ParameterSource): Parameters {
  let database: DatabaseParameter | null = null;
  let consumers: ConsumersParameter | null = null;
  return {
    database: () => database,
    consumers: () => consumers,
    async refresh() {
      const [newDatabase, newConsumers] = await Promise.allSettled([source.database(), source.consumers()]);
      if (newDatabase.status === 'fulfilled') database = newDatabase.value;
      if (newConsumers.status === 'fulfilled') consumers = newConsumers.value;
    },
  };
}

export function ssmParameters(options: {
  region: string;
  databaseParameter: string;
  consumersParameter: string;
}): ParameterSource {
  const client = new SSMClient({ region: options.region, ...CLIENT });
  const read = async (name: string): Promise<unknown> => {
    const answer = await client.send(new GetParameterCommand({ Name: name }));
    return JSON.parse(answer.Parameter?.Value ?? 'null');
  };
  return {
    database: async () => DatabaseParameter.parse(await read(options.databaseParameter)),
    consumers: async () => ConsumersParameter.parse(await read(options.consumersParameter)),
  };
}

/** Reads the database user's name and password, from this region's replica of the secret. */
export function secretReader(region: string, secretId: string): () => Promise<Credentials> {
  const client = new SecretsManagerClient({ region, ...CLIENT });
  return async () => {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return Credentials.parse(JSON.parse(answer.SecretString ?? 'null'));
  };
}
