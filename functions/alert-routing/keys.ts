/** Names that are the same wherever and whenever they are made: of alerts, groups and incidents. */
import { hash } from 'node:crypto';
import { labelOf } from './matchers.ts';
import type { Route } from './routing.ts';
import type { Labels, Signal } from './signal.ts';

/** 128 bits as 32 hexadecimal digits. The parts' lengths are part of what is hashed: ('ab', 'c') is not ('a', 'bc'). */
export function digest(...parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  return hash('sha256', text, 'hex').slice(0, 32);
}

export const alertKey = ({ source, account, region, resource }: Signal): string =>
  digest(source, account, region, resource);

/** The labels that make a group; every label of the alert with ['...']. */
export const groupLabels = (signal: Signal, { groupBy }: Route): Labels =>
  isEach(groupBy)
    ? { source: signal.source, account: signal.account, region: signal.region, resource: signal.resource }
    : Object.fromEntries(groupBy.map((label) => [label, labelOf(signal, label)]));

export function groupKey(signal: Signal, route: Route): string {
  if (isEach(route.groupBy)) return digest('group', route.id, alertKey(signal));
  let text = '';
  for (const label of route.groupBy) {
    const value = labelOf(signal, label);
    text += `${label}=${value.length}:${value},`;
  }
  return digest('group', route.id, text);
}

/**
 * One per episode of a group, whoever computes it: it holds no time of ours and no region of ours, so that two regions
 * that saw the same signals page once. `after` is when the previous episode ended.
 */
export const incidentKey = (group: string, after: number, reopened: number): string =>
  digest('incident', group, String(after), String(reopened));

const isEach = (groupBy: readonly string[]): boolean => groupBy.length === 1 && groupBy[0] === '...';
