/** The region's runtime parameters: which database to use and whether consumers run. Re-read every few seconds. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
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

/** Where the settings come from: both in one call, each as its parameter holds it. Throws when there is no answer. */
export interface ParameterSource {
  read(): Promise<{ database: unknown; consumers: unknown }>;
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
      const read = await source.read().catch(() => null);
      database = DatabaseParameter.safeParse(read?.database).data ?? database;
      consumers = ConsumersParameter.safeParse(read?.consumers).data ?? consumers;
    },
  };
}

export function ssmParameters(options: {
  region: string;
  databaseParameter: string;
  consumersParameter: string;
}): ParameterSource {
  const client = new SSMClient({ region: options.region, ...CLIENT });
  return {
    async read() {
      const Names = [options.databaseParameter, options.consumersParameter];
      const { Parameters = [] } = await client.send(new GetParametersCommand({ Names }));
      const value = (name: string): unknown => json(Parameters.find(({ Name }) => Name === name)?.Value);
      return { database: value(options.databaseParameter), consumers: value(options.consumersParameter) };
    },
  };
}

/** Undefined for what is no JSON: a setting that cannot be read stays as it was. */
function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}

/** Reads the database user's name and password, from this region's replica of the secret. */
export function secretReader(region: string, secretId: string): () => Promise<Credentials> {
  const client = new SecretsManagerClient({ region, ...CLIENT });
  return async () => {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return Credentials.parse(JSON.parse(answer.SecretString ?? 'null'));
  };
}
