/** What the SDK's clients can ask for and the simulator answers with NotImplemented. Used by ../gaps.ts. */
import type { AnyService } from '../service.ts';
import { clientOf, clientPackages } from '../wire/clients.ts';

export interface Coverage {
  /** Without '@aws-sdk/client-'. */
  readonly client: string;
  readonly modelled: number;
  readonly missing: readonly string[];
}

/** One row per client that the wire speaks. */
export const coverage = (services: readonly AnyService[]): Coverage[] =>
  clientPackages.map((client) => {
    const { service, operations } = clientOf(client);
    const modelled = services.find(({ name }) => name === service)?.operations ?? {};
    const missing = [...operations.keys()].filter((operation) => !(operation in modelled)).sort();
    return { client, modelled: operations.size - missing.length, missing };
  });
