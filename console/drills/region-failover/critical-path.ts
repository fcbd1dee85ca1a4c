/** The way from the fault to the users' recovery as few bars: detection, the machine's steps, what the world took. */
import type { Bar, Graph, Visit } from '../../report/model.ts';
import type { Evidence, Execution } from './evidence.ts';
import type { Truth } from './truth.ts';

/** Steps shorter than this are told together. */
const SHORT_SECONDS = 1.5;
/** The state after which new answers of DNS lead to the target. */
const TRAFFIC_STATE = 'Shift traffic';

/** The executions that had a part in the move, in order: who died on the way and who finished. */
export function movers({ executions, faultAt }: Evidence): Execution[] {
  return executions
    .filter(({ from, until }) => from >= faultAt || (until ?? Number.POSITIVE_INFINITY) > faultAt)
    .filter(({ steps }) => steps.some(({ name }) => name === 'Claim' || name === 'Take over the claim'))
    .sort((a, b) => a.from - b.from);
}

/** Every state that the movers entered, in order. */
export const visitsOf = (evidence: Evidence): Visit[] =>
  movers(evidence)
    .flatMap(({ steps }) => steps)
    .map((step) => since(step, evidence.faultAt))
    .sort((a, b) => a.from - b.from);

export function criticalPath(evidence: Evidence, truth: Truth, graph: Graph): Bar[] {
  const [first] = movers(evidence);
  if (!first) return [];
  const working = new Set(graph.states.filter(({ works }) => works).map(({ name }) => name));
  const ways = movers(evidence).map(({ steps }) =>
    loopsAsOne(steps.filter(({ name }) => working.has(name)).map((step) => since(step, evidence.faultAt))),
  );
  const started = first.from - evidence.faultAt;
  const bars: Bar[] = [
    ...(started > 0 ? [{ name: 'Detection', from: 0, until: started, kind: 'world' as const }] : []),
    ...ways.flatMap((way, index) => [...pause(ways[index - 1], way), ...told(way, index === 0 ? '' : 'successor: ')]),
  ];
  const shifted = ways.flat().findLast(({ name }) => name.startsWith(TRAFFIC_STATE))?.until;
  const recovered = truth.recoveredAt === null ? null : truth.recoveredAt - evidence.faultAt;
  if (shifted === undefined || recovered === null || recovered <= shifted) return bars;
  const users: Bar = {
    name: 'Users follow: health checks, DNS, resolvers',
    from: shifted,
    until: recovered,
    kind: 'world',
  };
  return [...bars, users].sort((a, b) => a.from - b.from);
}

const told = (way: readonly Visit[], prefix: string): Bar[] =>
  shortOnesTogether(way).map((step) => ({ ...step, name: `${prefix}${step.name}`, kind: 'step' }));

/** Between an execution that died and the one that goes on. */
function pause(before: readonly Visit[] | undefined, after: readonly Visit[]): Bar[] {
  const from = before?.at(-1)?.until;
  const until = after[0]?.from;
  if (from === undefined || until === undefined || until - from < SHORT_SECONDS) return [];
  return [{ name: 'Until a successor begins', from, until, kind: 'world' }];
}

const since = ({ name, from, until }: Visit, faultAt: number): Visit => ({
  name,
  from: from - faultAt,
  until: until - faultAt,
});

/** A state that is entered again and again is one stretch, with all that lies between. */
function loopsAsOne(visits: readonly Visit[]): Visit[] {
  const stretches: Visit[] = [];
  for (let index = 0; index < visits.length; index++) {
    const visit = visits[index] as Visit;
    const last = visits.findLastIndex(({ name }) => name === visit.name);
    const times = visits.filter(({ name }) => name === visit.name).length;
    const name = times > 1 ? `${visit.name} ×${times}` : visit.name;
    stretches.push({ name, from: visit.from, until: (visits[last] as Visit).until });
    index = last;
  }
  return stretches;
}

function shortOnesTogether(steps: readonly Visit[]): Visit[] {
  const bars: Visit[] = [];
  let run: Visit[] = [];
  const flush = () => {
    const [first] = run;
    if (first) {
      bars.push({
        name: run.map(({ name }) => name).join(' · '),
        from: first.from,
        until: Math.max(...run.map(({ until }) => until)),
      });
    }
    run = [];
  };
  for (const step of steps) {
    if (step.until - step.from >= SHORT_SECONDS) {
      flush();
      bars.push(step);
    } else run.push(step);
  }
  flush();
  return bars;
}
