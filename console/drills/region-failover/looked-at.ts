/** By how much evidence each invariant was judged: a check that looked at nothing has proved nothing. */
import type { Evidence } from './evidence.ts';
import { isLatch } from './invariants-decisions.ts';
import { succeeded } from './invariants-steps.ts';

type Look = (evidence: Evidence) => string;

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;
const regionsOf = (list: readonly { readonly region: string }[]): string =>
  many(new Set(list.map(({ region }) => region)).size, 'region');
const promotions: Look = (evidence) => many(evidence.promotions.length, 'promotion');
const changes = ({ calls }: Evidence): string => many(calls.length, 'change');
const claims = ({ authority }: Evidence): number =>
  authority.filter((version, index) => version.phase === 'fencing' && authority[index - 1]?.phase !== 'fencing').length;
const probes = ({ requests }: Evidence): number => requests.filter(({ who }) => who === 'probe').length;
const users = ({ requests }: Evidence): number => requests.filter(({ who }) => who === 'user').length;
const successes = ({ executions }: Evidence): string => many(executions.filter(succeeded).length, 'completed move');

const looks: Readonly<Record<string, Look>> = {
  I1: ({ writes }) =>
    `${many(writes.length, 'write')} that databases took in ${regionsOf(writes)}, under ${many(new Set(writes.map(({ epoch }) => epoch)).size, 'epoch')}`,
  I2: (evidence) =>
    `${many(evidence.authority.length, 'version')} of the authority item, ${many(evidence.writes.length, 'write')}, ${changes(evidence)}`,
  I3: (evidence) => `${promotions(evidence)}, ${many(evidence.authority.length, 'version')} of the authority item`,
  I4: ({ calls, samples }) =>
    `${many(calls.filter(isLatch).length, 'latch change')}, the regions' state at ${many(samples.length, 'moment')}`,
  I5: ({ jobs }) => `${many(jobs.length, 'job')} that consumers did in ${regionsOf(jobs)}`,
  I6: (evidence) => `${many(claims(evidence), 'claim')} that stopped writes`,
  I7: (evidence) => `${promotions(evidence)}, ${many(probes(evidence), 'probe')} of observers`,
  I8: (evidence) =>
    `${promotions(evidence)}${evidence.promotions.map(({ lagSeconds }) => `, ${lagSeconds === null ? 'loss unknown' : `${lagSeconds} s of writes lost`}`).join('')}`,
  I9: ({ executions, authority }) =>
    `${many(executions.length, 'execution')}, ${many(authority.length, 'version')} of the authority item`,
  I10: promotions,
  I11: (evidence) => `${changes(evidence)} by Mainstay's roles in ${regionsOf(evidence.calls)}`,
  I12: (evidence) => `${changes(evidence)}, ${many(evidence.executions.length, 'execution')}`,
  I13: (evidence) => `${promotions(evidence)}, ${many(claims(evidence), 'claim')}`,
  I15: (evidence) => `${successes(evidence)}, ${many(probes(evidence), 'probe')}`,
  I16: (evidence) => `${successes(evidence)}, ${many(users(evidence), 'user request')}`,
  rights: ({ calls }) => `every call of every role, ${many(calls.length, 'change')} among them`,
};

/** Throws for an invariant that has no row here. */
export function lookedAt(id: string, evidence: Evidence): string {
  const look = looks[id.split('/').at(-1) ?? ''];
  if (!look) throw new Error(`looked-at.ts does not say what ${id} is judged by`);
  return look(evidence);
}
