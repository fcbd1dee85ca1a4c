/** Which invariants a soaked run can break, and whether their case arose in it. Those that promise times are not among them. */
import { ledgerOf } from '../../../simulator/world/index.ts';
import { type Arises, arisenIn } from '../../soak/run-coverage.ts';
import { type Evidence, isPage, peopleIn } from './evidence.ts';
import { lastSpan } from './history.ts';

const ARISES: Arises<Evidence> = {
  1: ({ history }) => history.some((alert) => lastSpan(alert)?.to === Number.POSITIVE_INFINITY),
  2: (evidence) => peopleIn(evidence).some(({ what }) => what === 'paged'),
  3: ({ history }) => history.some((alert) => Number.isFinite(lastSpan(alert)?.to)),
  4: ({ notifications }) => notifications.some(({ says }) => says.endsWith('resolve')),
  7: ({ cloud }) => ledgerOf(cloud).messages.length > 0,
  11: ({ scenario }) => scenario.acts.some((act) => act.do === 'unreadable'),
  14: (evidence) => peopleIn(evidence).some(({ by }) => by === 'heartbeat'),
  15: ({ history }) => history.some(({ where }) => where === 'both'),
  17: ({ scenario }) => scenario.acts.some((act) => act.do === 'unreadable'),
  18: ({ notifications }) => notifications.some(isPage),
  20: ({ cloud }) => cloud.trace.entries.length > 0,
};

/** Numbers. */
export const judgedUnderFaults: readonly string[] = Object.keys(ARISES);

export const aroseIn = (evidence: Evidence): readonly string[] => arisenIn(judgedUnderFaults, ARISES, evidence);
