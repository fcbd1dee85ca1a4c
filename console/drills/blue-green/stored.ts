/** Mainstay's table of releases as it is stored: the item about the service, and the record with its hashes checked. */
import { createHash } from 'node:crypto';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { COLOURS } from '../../../infra/names.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import type { DynamoDbState } from '../../../simulator/services/dynamodb/state.ts';
import { itemToWire } from '../../../simulator/services/dynamodb/values.ts';
import type { Entry, Served, StateVersion } from './evidence.ts';
import type { Watched } from './monitor.ts';

interface StoredState {
  readonly fence?: number;
  readonly lease?: { readonly executionArn: string; readonly releaseId: string } | null;
  readonly live?: Served | null;
  readonly retained?: (Served & { readonly until: string; readonly size: number }) | null;
  readonly candidate?: StateVersion['candidate'];
  readonly pins?: Readonly<Record<string, unknown>>;
}

/** `since` turns milliseconds of the epoch into seconds of the run. */
export function stateOf(
  t: number,
  item: Readonly<Record<string, unknown>>,
  since: (atMs: number) => number,
): StateVersion {
  const { fence = 0, lease, live, retained, candidate, pins = {} } = item as StoredState;
  return {
    t,
    fence,
    holder: lease?.executionArn ?? null,
    releaseId: lease?.releaseId ?? null,
    live: live ? { colour: live.colour, digest: live.digest } : null,
    retained: retained
      ? {
          colour: retained.colour,
          digest: retained.digest,
          until: since(Date.parse(retained.until)),
          size: retained.size,
        }
      : null,
    candidate: candidate ? { id: candidate.id, digest: candidate.digest, kind: candidate.kind } : null,
    pinned: COLOURS.filter((colour) => pins[colour] !== undefined),
  };
}

interface StoredEntry {
  readonly sequence: number;
  readonly previous: string;
  readonly hash: string;
  readonly id: string;
  readonly at: string;
  readonly releaseId: string;
  readonly kind: string;
  readonly facts?: { readonly outcome?: string };
}

export function entriesOf({ cloud, region, names }: Watched, since: (atMs: number) => number): Entry[] {
  const table = cloud.stateOf<DynamoDbState>(dynamoDb, region).tables[names.releasesTable];
  return Object.values(table?.items ?? {})
    .map((item) => unmarshall(itemToWire(item)))
    .filter(({ sk }) => String(sk).startsWith('entry#'))
    .map(({ pk: _pk, sk: _sk, hash, ...content }) => {
      const entry = { ...content, hash } as StoredEntry;
      const { sequence, previous, id, releaseId, kind, at, facts } = entry;
      return {
        t: since(Date.parse(at)),
        sequence,
        previous,
        hash: entry.hash,
        hashComputed: hashOf(content),
        id,
        releaseId,
        kind,
        outcome: facts?.outcome ?? null,
      };
    })
    .sort((a, b) => a.sequence - b.sequence);
}

/** Computed here and not by Mainstay's own function: SHA-256 of the content as JSON with sorted keys. */
const hashOf = (content: object): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const parts = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(parts.map(([key, part]) => [key, sorted(part)]));
}
