/** By how much evidence each invariant was judged: a check that looked at nothing has proved nothing. */
import type { Evidence } from './evidence.ts';
import { commits, exposures, raises, withdrawals, writtenByMainstay } from './facts.ts';

type Look = (evidence: Evidence) => string;

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;
const users = ({ requests }: Evidence): string =>
  many(requests.filter(({ who }) => who === 'user').length, 'user request');
const written: Look = (evidence) =>
  `${many(writtenByMainstay(evidence).length, 'write', 'writes')} of the forward rule`;
const steps: Look = (evidence) => many(raises(evidence).length, 'step forward', 'steps forward');
const back: Look = (evidence) => many(withdrawals(evidence).length, 'rollback');
const committed: Look = (evidence) => many(commits(evidence).length, 'commit');
const moments = ({ samples }: Evidence): string => `both colours at ${many(samples.length, 'moment')}`;
const deeds: Look = ({ calls }) => many(calls.filter(({ deed }) => deed !== null).length, 'change');
const states: Look = ({ states: versions }) => `${many(versions.length, 'version')} of the state`;
const pushes: Look = ({ pushes: all }) => many(all.length, 'push', 'pushes');

/** By number. */
const looks: Readonly<Record<string, Look>> = {
  1: written,
  2: (evidence) => `${written(evidence)}, ${committed(evidence)}`,
  3: (evidence) => `${deeds(evidence)}, ${moments(evidence)}`,
  4: (evidence) => `${steps(evidence)}, each node of the load balancer`,
  5: (evidence) => `${steps(evidence)}, ${users(evidence)}`,
  6: ({ rules }) => `${many(rules.filter(({ by }) => by === null).length, 'write')} of the forward rule by others`,
  7: (evidence) => `${states(evidence)}, ${deeds(evidence)}`,
  8: (evidence) => `${steps(evidence)}, ${many(evidence.entries.length, 'entry', 'entries')} of the record`,
  9: (evidence) => many(evidence.executions.length, 'execution'),
  10: (evidence) => `${pushes(evidence)}, ${states(evidence)}`,
  11: (evidence) => `${users(evidence)}, ${moments(evidence)}`,
  12: (evidence) => `${pushes(evidence)}, ${users(evidence)}`,
  13: moments,
  14: steps,
  15: committed,
  16: ({ calls }) =>
    `${many(calls.filter(({ operation }) => operation === 'GetMetricData').length, 'look')} at metrics`,
  17: (evidence) => `${many(exposures(evidence).length, 'stretch', 'stretches')} with users on a new release`,
  18: back,
  19: committed,
  20: back,
  21: deeds,
  22: (evidence) => many(evidence.executions.length, 'execution'),
  23: ({ asked }) => many(asked.filter(({ wish }) => wish === 'hotfix').length, 'hotfix', 'hotfixes'),
  24: (evidence) => `${many(evidence.entries.length, 'entry', 'entries')} of the record`,
  rights: ({ calls }) => `every call of every role, ${calls.length} of them of this capability`,
};

/** Throws for an invariant that has no row here. */
export function lookedAt(id: string, evidence: Evidence): string {
  const look = looks[id.split('/').at(-1) ?? ''];
  if (!look) throw new Error(`looked-at.ts does not say what ${id} is judged by`);
  return look(evidence);
}
