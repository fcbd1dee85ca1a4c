/** What serves, what is kept for a rollback and what is under way, in each serving region. For `mainstay status`. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { ReadStatus } from '../../by-hand.ts';
import type { Target } from '../../target.ts';

interface Release {
  readonly colour: string;
  readonly digest: string;
}

export interface Releases {
  readonly fence: number;
  /** null before the first release that Mainstay made there. */
  readonly live: Release | null;
  readonly retained: (Release & { readonly until: string; readonly unreadySince: string | null }) | null;
  readonly underWay: string | null;
  readonly waiting: string | null;
}

interface Read {
  /** null is unknown. */
  readonly states: Readonly<Record<string, Releases | null>>;
  readonly problems: readonly string[];
}

export async function readReleases(target: Target, configuration: Configuration): Promise<Read> {
  const names = namesOf(configuration);
  const problems: string[] = [];
  const read = async (region: string): Promise<Releases | null> => {
    const key = { pk: { S: `application#${names.prefix}` }, sk: { S: 'state' } };
    const request = { TableName: names.releasesTable, Key: key, ConsistentRead: true };
    try {
      const { Item } = await target.call('dynamodb', 'GetItem', request, region);
      const { fence = 0, live, retained, lease, candidate } = Item ? unmarshall(Item) : {};
      return {
        fence,
        live: live ? { colour: live.colour, digest: live.digest } : null,
        retained: retained
          ? {
              colour: retained.colour,
              digest: retained.digest,
              until: retained.until,
              unreadySince: retained.unreadySince ?? null,
            }
          : null,
        underWay: lease?.releaseId ?? null,
        waiting: candidate && candidate.id !== lease?.releaseId ? candidate.id : null,
      };
    } catch (error) {
      problems.push(`${region}: ${(error as Error).message.split('\n')[0]}`);
      return null;
    }
  };
  const entries = await Promise.all(
    configuration.regions.serving.map(async (region) => [region, await read(region)] as const),
  );
  return { states: Object.fromEntries(entries), problems };
}

export const blueGreenStatus: ReadStatus = async (target, configuration) => {
  const { states, problems } = await readReleases(target, configuration);
  return {
    fields: { releases: states },
    lines: Object.entries(states).map(([region, state]) => `${'release'.padEnd(12)} ${region}: ${textOf(state)}`),
    problems,
    known: problems.length === 0,
  };
};

const unready = ({ unreadySince }: NonNullable<Releases['retained']>): string =>
  unreadySince ? `, not ready since ${unreadySince}` : '';

function textOf(state: Releases | null): string {
  if (!state) return 'unknown';
  const { live, retained, underWay, waiting } = state;
  return [
    live ? `${live.colour} serves ${live.digest.slice(0, 19)}` : 'as it was deployed',
    ...(retained ? [`${retained.colour} is kept until ${retained.until}${unready(retained)}`] : []),
    ...(underWay ? [`${underWay} is under way`] : []),
    ...(waiting ? [`${waiting} waits`] : []),
  ].join(', ');
}
