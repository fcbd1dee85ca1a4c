/**
 * How often the judge's rollback trigger rolls back, beside the rule "any minute over the limit": `node
 * test/bench/judge-table.ts [bakes] [seed]`. Each bake is 15 minutes of Poisson requests; the limit is 1 %. A second table is
 * of releases that turn bad within the bake.
 */

import { upperBound } from '../../functions/blue-green/judge-bounds.ts';
import { OBJECTS_AT, ratioAgainstLimit } from '../../functions/blue-green/judge-sequential.ts';
import { Random, seedStream } from '../../simulator/random.ts';

const MINUTES = 15;
const LIMIT = 0.01;

interface Row {
  readonly rate: number;
  readonly perMinute: number;
  readonly rolledBack: number;
  readonly minute: number | null;
  readonly anyMinute: number;
  readonly committed: number;
}

type Draw = () => number;

/** Knuth for small means, normal above: at 500 the difference is below the table's digits. */
function poisson(mean: number, draw: Draw): number {
  if (mean > 500) {
    const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const floor = Math.exp(-mean);
  let product = draw();
  let count = 0;
  while (product > floor) {
    product *= draw();
    count++;
  }
  return count;
}

/** A release that is good at first. */
export interface Turn {
  readonly rate: number;
  readonly afterMinutes: number;
}

const NEVER_GOOD: Turn = { rate: 0, afterMinutes: 0 };

export function simulate(rate: number, perMinute: number, bakes: number, draw: Draw, good: Turn = NEVER_GOOD): Row {
  let [rolledBack, anyMinute, committed] = [0, 0, 0];
  const minutes: number[] = [];
  for (let bake = 0; bake < bakes; bake++) {
    const counts = Array.from({ length: MINUTES }, (_, index) => {
      const now = index < good.afterMinutes ? good.rate : rate;
      const errors = poisson(perMinute * now, draw);
      return { errors, requests: errors + poisson(perMinute * (1 - now), draw) };
    });
    const at = counts.findIndex((_, index) => ratioAgainstLimit(counts.slice(0, index + 1), LIMIT) >= OBJECTS_AT);
    if (at >= 0) {
      rolledBack++;
      minutes.push(at + 1);
    }
    if (counts.some(({ errors, requests }) => requests > 0 && errors / requests > LIMIT)) anyMinute++;
    const errors = counts.reduce((sum, minute) => sum + minute.errors, 0);
    const requests = counts.reduce((sum, minute) => sum + minute.requests, 0);
    if (at < 0 && upperBound(errors, requests) <= LIMIT) committed++;
  }
  minutes.sort((one, other) => one - other);
  const share = (count: number) => count / bakes;
  return {
    rate,
    perMinute,
    rolledBack: share(rolledBack),
    minute: minutes[Math.floor(minutes.length / 2)] ?? null,
    anyMinute: share(anyMinute),
    committed: share(committed),
  };
}

const RATES = [0.003, 0.005, 0.02, 0.05];
const TRAFFIC = [20, 100, 1_000, 10_000];
const TURNS: readonly Turn[] = [
  { rate: 0.001, afterMinutes: 8 },
  { rate: 0.001, afterMinutes: 12 },
];

const percent = (rate: number): string => `${rate * 100} %`;

function print(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(`${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`);
}

if (process.argv[1] === import.meta.filename) {
  const bakes = Number(process.argv[2] ?? 4_000);
  const random = new Random(seedStream(Number(process.argv[3] ?? 1), 'judge-table'));
  const row = (rate: number, perMinute: number, good?: Turn) => {
    const got = simulate(rate, perMinute, bakes, () => random.next(), good);
    const shares = [got.rolledBack, got.anyMinute, got.committed].map((share) => share.toFixed(4));
    return [perMinute, shares[0] ?? '', got.minute ?? '–', ...shares.slice(1)];
  };
  const columns = ['requests/min', 'rolled back', 'median minute', 'any minute over 1 %', 'committed within 15 min'];
  print(
    ['true error rate', ...columns],
    RATES.flatMap((rate) => TRAFFIC.map((perMinute) => [percent(rate), ...row(rate, perMinute)])),
  );
  print(
    [`of ${percent(0.001)}, after minute`, 'turns to', ...columns],
    TURNS.flatMap((good) =>
      [0.02, 0.05].flatMap((rate) =>
        TRAFFIC.map((perMinute) => [good.afterMinutes, percent(rate), ...row(rate, perMinute, good)]),
      ),
    ),
  );
}
