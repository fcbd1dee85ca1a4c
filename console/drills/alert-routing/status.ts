/** What fires and somebody was told of, in each serving region. For `mainstay status`. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Alert } from '../../../functions/alert-routing/alert.ts';
import type { Group } from '../../../functions/alert-routing/incident.ts';
import { groupKeyOf, shardsOf } from '../../../functions/alert-routing/item-keys.ts';
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { ReadStatus } from '../../by-hand.ts';
import type { Target } from '../../target.ts';

export interface OpenAlert {
  readonly incident: string;
  readonly severity: string;
  /** Of its alerts, each once. */
  readonly names: readonly string[];
  readonly since: string;
  /** Who takes care of it; null while nobody does. */
  readonly acknowledgedBy: string | null;
  /** Steps of its escalation that were taken. */
  readonly level: number;
  readonly suppressed: boolean;
  readonly doing: string | null;
}

interface Read {
  /** null is unknown. */
  readonly open: Readonly<Record<string, readonly OpenAlert[] | null>>;
  readonly problems: readonly string[];
}

export async function readOpenAlerts(target: Target, configuration: Configuration): Promise<Read> {
  const TableName = namesOf(configuration).alertTable;
  const problems: string[] = [];
  const entries = await Promise.all(
    configuration.regions.serving.map(async (region) => {
      try {
        const rows = await Promise.all(shardsOf('open').map((pk) => collection(target, TableName, pk, region)));
        const groups = rows.flat().map(({ sk }) => groupKeyOf(String(sk)).pk);
        const all = await Promise.all(groups.map((pk) => collection(target, TableName, pk, region)));
        const found = all.flatMap((items) => openIn(items) ?? []);
        return [region, found.sort((a, b) => (a.severity < b.severity ? -1 : 1))] as const;
      } catch (error) {
        problems.push(`${region}: ${(error as Error).message.split('\n')[0]}`);
        return [region, null] as const;
      }
    }),
  );
  return { open: Object.fromEntries(entries), problems };
}

type Item = Readonly<Record<string, unknown>>;

async function collection(target: Target, TableName: string, pk: string, region: string): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const input = {
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: pk } },
      ConsistentRead: true,
      ExclusiveStartKey,
    };
    const { Items = [], LastEvaluatedKey } = await target.call('dynamodb', 'Query', input, region);
    items.push(...Items.map((item) => unmarshall(item)));
    ExclusiveStartKey = LastEvaluatedKey as typeof ExclusiveStartKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

/** An alert like any other, and no news. */
const isHeartbeat = ({ signal }: Alert): boolean => signal.source === 'mainstay' && signal.name === 'Heartbeat';

/** Null when it was closed since it was listed, and for a heartbeat. */
function openIn(items: readonly Item[]): OpenAlert | null {
  const meta = items.find(({ group }) => group !== undefined);
  const { incident, doing } = JSON.parse(String(meta?.group ?? '{"incident":null}')) as Group;
  if (!incident) return null;
  const alerts = items.flatMap(({ alert }) => (alert === undefined ? [] : [JSON.parse(String(alert)) as Alert]));
  if (alerts.length > 0 && alerts.every(isHeartbeat)) return null;
  return {
    incident: incident.key,
    severity: incident.severity,
    names: [...new Set(alerts.map(({ signal }) => signal.name))].sort(),
    since: new Date(incident.startedAt).toISOString(),
    acknowledgedBy: incident.acknowledged?.by ?? null,
    level: incident.steps,
    suppressed: incident.suppressed,
    doing: doing ?? null,
  };
}

export const alertRoutingStatus: ReadStatus = async (target, configuration) => {
  const { open, problems } = await readOpenAlerts(target, configuration);
  const lines = Object.entries(open).flatMap(([region, alerts]) => linesOf(alerts).map((line) => `${region}: ${line}`));
  return {
    fields: { openAlerts: open },
    lines: lines.map((line) => `${'alerts'.padEnd(12)} ${line}`),
    problems,
    known: problems.length === 0,
  };
};

function linesOf(alerts: readonly OpenAlert[] | null): string[] {
  if (!alerts) return ['unknown'];
  if (alerts.length === 0) return ['none is open'];
  return alerts.map(({ severity, names, since, acknowledgedBy, level, suppressed, doing }) =>
    [
      `${severity} ${names.join(', ') || 'alerts that have moved elsewhere'} since ${since}`,
      suppressed ? 'kept quiet' : acknowledgedBy ? `taken by ${acknowledgedBy}` : `nobody has taken it, ${level} steps`,
      ...(doing ? [doing] : []),
    ].join('; '),
  );
}
