/** Secrets of this region, by name; each is read again after a while, so that a rotated one is taken up by itself. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../clock.ts';
import type { Secrets } from '../ports.ts';
import { call, clientOptions } from './client.ts';

const KEPT_MS = 300_000;

export function secretsManager({ region }: { readonly region: string }, clock: Clock): Secrets {
  const client = new SecretsManagerClient(clientOptions(region));
  const known = new Map<string, { readonly values: readonly string[]; readonly until: number }>();
  return {
    async read(name) {
      const kept = known.get(name);
      if (kept && kept.until > clock.now()) return kept.values;
      try {
        // The name and nothing of the value may be in an error.
        const command = new GetSecretValueCommand({ SecretId: name });
        const { SecretString = '' } = await call(`reading secret ${name}`, client.send(command));
        const values = valuesOf(SecretString);
        known.set(name, { values, until: clock.now() + KEPT_MS });
        return values;
      } catch (error) {
        // What was right five minutes ago is better than nothing: a page must not wait for Secrets Manager.
        if (kept) return kept.values;
        throw error;
      }
    },
  };
}

/** A list while it is being rotated, the newest first; else the text itself. */
function valuesOf(text: string): string[] {
  if (!text.trimStart().startsWith('[')) return [text];
  const values: unknown = JSON.parse(text);
  return Array.isArray(values) ? values.map(String) : [text];
}
