/** Whose the load balancer's own 5xx are, against worlds in which it is known: what the new release caused is never forgiven. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttributedMinute, attribute, type Counts } from '../../functions/blue-green/attribution.ts';

/** What became of the requests for which a target of one release was chosen. */
interface Truth {
  readonly answered: number;
  /** The load balancer answered 502 or 504. */
  readonly refused: number;
  readonly reset: number;
  readonly silent: number;
  /** Without a target's answer, and without a 5xx either. */
  readonly hungUp: number;
  readonly upgraded: number;
}

const few = fc.nat({ max: 60 });
const some = fc.record({ answered: fc.nat({ max: 900 }), refused: few, reset: few, silent: few });
const plain = some.map((truth): Truth => ({ ...truth, hungUp: 0, upgraded: 0 }));
const any: fc.Arbitrary<Truth> = fc.record({ ...{ hungUp: few, upgraded: few }, some }).map((drawn) => {
  const { some: counts, ...rest } = drawn;
  return { ...counts, ...rest };
});
const shared = { whole: true, shared: true };

const at = '2026-11-20T09:00:00.000Z';
const spokenFor = ({ refused, reset, silent }: Truth): number => refused + reset + silent;
const requestsOf = (truth: Truth): number => truth.answered + spokenFor(truth) + truth.hungUp + truth.upgraded;

/** As the load balancer publishes it. */
function published(old: Truth, fresh: Truth, noTarget: number): Pick<Counts, 'balancer' | 'ours' | 'other'> {
  const gateway = spokenFor(old) + spokenFor(fresh);
  const of = (truth: Truth) => ({
    at,
    requests: requestsOf(truth),
    errors: truth.refused,
    unanswered: requestsOf(truth) - truth.answered,
    p95Seconds: null,
  });
  const requests = requestsOf(old) + requestsOf(fresh);
  return { balancer: { at, requests, errors: gateway + noTarget, gateway }, ours: of(fresh), other: of(old) };
}

const holds = (
  old: fc.Arbitrary<Truth>,
  fresh: fc.Arbitrary<Truth>,
  check: (...drawn: [Truth, Truth, number]) => void,
) => fc.assert(fc.property(old, fresh, few, check), { seed: 7, numRuns: 300 });

describe("the load balancer's own 5xx", () => {
  it("are never forgiven where the new release left them unanswered or nobody had a target, whatever the old one's counts hide", () =>
    holds(any, any, (old, fresh, noTarget) => {
      const { against, open } = attribute({ ...published(old, fresh, noTarget), ...shared });
      expect(open).toBe(0);
      expect(against).toBeGreaterThanOrEqual(spokenFor(fresh) + noTarget);
    }));

  it("are counted to the request where no client hung up: none of the old release's is held against the new one", () =>
    holds(plain, plain, (old, fresh, noTarget) => {
      const { against, own } = attribute({ ...published(old, fresh, noTarget), ...shared });
      expect([against, own]).toEqual([spokenFor(fresh) + noTarget, spokenFor(fresh)]);
    }));

  const lost: readonly (readonly [
    string,
    (counts: ReturnType<typeof published>, old: Truth, fresh: Truth) => object,
  ])[] = [
    ['the requests of the old release', ({ other }) => ({ other: { ...other, requests: null, unanswered: null } })],
    ['the requests of the new release', ({ ours }) => ({ ours: { ...ours, requests: null, unanswered: null } })],
    ['everything of the old release', () => ({ other: undefined })],
    ['everything of the new release', () => ({ ours: undefined })],
    ['the answers of the old release', ({ other }, old) => ({ other: { ...other, unanswered: requestsOf(old) } })],
    ['the answers of the new release', ({ ours }, _, fresh) => ({ ours: { ...ours, unanswered: requestsOf(fresh) } })],
    ['the 502 and 504', ({ balancer }) => ({ balancer: { ...balancer, gateway: 0 } })],
  ];
  it.each(lost)('are not forgiven for want of a metric: %s', (_name, without) =>
    holds(any, any, (old, fresh, noTarget) => {
      const counts = published(old, fresh, noTarget);
      const { against, open } = attribute({ ...counts, ...without(counts, old, fresh), ...shared });
      expect(against + open).toBeGreaterThanOrEqual(spokenFor(fresh) + noTarget);
    }),
  );

  it('are all open in a minute of a step that is not published yet, and all counted where the old release has no users', () =>
    holds(any, any, (old, fresh, noTarget) => {
      const counts = published(old, fresh, noTarget);
      const errors = spokenFor(old) + spokenFor(fresh) + noTarget;
      const young: AttributedMinute = attribute({ ...counts, whole: false, shared: true });
      expect([young.against, young.open]).toEqual([0, errors]);
      const alone = attribute({ ...counts, other: undefined, whole: false, shared: false });
      expect([alone.against, alone.open]).toEqual([errors, 0]);
    }));

  it('never are more than the requests', () =>
    holds(any, any, (old, fresh, noTarget) => {
      const { requests, against, open } = attribute({ ...published(old, fresh, noTarget), ...shared });
      expect(against + open).toBeLessThanOrEqual(requests);
    }));
});
