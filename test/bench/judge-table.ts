/**
 * How often the judge's rollback trigger rolls back, beside the rule "any minute over the limit": `node
 * test/bench/judge-table.ts [bakes] [seed]`. Each bake is 15 minutes of Poisson requests; the limit is 1 %.
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

export function simulate(rate: number, perMinute: number, bakes: number, draw: Draw): Row {
  let [rolledBack, anyMinute, committed] = [0, 0, 0];
  const minutes: number[] = [];
  for (let bake = 0; bake < bakes; bake++) {
    const counts = Array.from({ length: MINUTES }, () => {
      const errors = poisson(perMinute * rate, draw);
      return { errors, requests: errors + poisson(perMinute * (1 - rate), draw) };
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

export const RATES = [0.003, 0.005, 0.02, 0.05];
export const TRAFFIC = [20, 100, 1_000, 10_000];

if (process.argv[1] === import.meta.filename) {
  const bakes = Number(process.argv[2] ?? 4_000);
  const random = new Random(seedStream(Number(process.argv[3] ?? 1), 'judge-table'));
  process.stdout.write(
    '| true error rate | requests/min | rolled back | median minute | any minute over 1 % | committed within 15 min |\n|---|---|---|---|---|---|\n',
  );
  for (const rate of RATES) {
    for (const perMinute of TRAFFIC) {
      const row = simulate(rate, perMinute, bakes, () => random.next());
      const cells = [
        `${rate * 100} %`,
        perMinute,
        row.rolledBack.toFixed(4),
        row.minute ?? '–',
        row.anyMinute.toFixed(4),
        row.committed.toFixed(4),
      ];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
    }
  }
}
