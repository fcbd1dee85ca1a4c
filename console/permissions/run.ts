/** Runs every scenario of every drill once, on all cores, and says which granted permissions nothing used. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explanations } from '../../infra/unused-permissions.ts';
import { withAssembly } from '../deployment/synthesize.ts';
import { runPool, type SeedOutcome } from '../drill/pool.ts';
import { held } from '../drill/result.ts';
import { type Drill, drills } from '../drills/index.ts';
import { onInterrupt } from '../interrupt.ts';
import { EXIT } from '../problem.ts';
import { Timeline } from '../terminal.ts';
import { judge, type Verdict } from './judge.ts';
import { PermissionLedger, textOf } from './ledger.ts';

/** Tells a worker the folder of the ledger. */
export const LEDGER_VARIABLE = 'MAINSTAY_PERMISSIONS';

interface Options {
  readonly environment: string;
  readonly json?: boolean;
}

/** Returns the exit code: broken when something unused is not explained, or an explanation no longer applies. */
export async function runPermissions({ environment, json }: Options): Promise<number> {
  const timeline = new Timeline();
  const failures: string[] = [];
  try {
    const ledger = await collect(environment, timeline, failures);
    timeline.end();
    for (const failure of failures) timeline.line(failure);
    // What a run would have used is unknown, and unknown is never unused.
    if (failures.length > 0) return EXIT.internal;
    const verdict = judge({ granted: ledger.granted, explanations, withTests: false });
    const lines = json ? jsonLines(verdict, ledger) : textLines(verdict, ledger);
    process.stdout.write(`${lines.join('\n')}\n`);
    return verdict.unexplained.length + verdict.stale.length > 0 ? EXIT.broken : EXIT.held;
  } finally {
    timeline.end();
  }
}

async function collect(environment: string, timeline: Timeline, failures: string[]): Promise<PermissionLedger> {
  const directory = mkdtempSync(join(tmpdir(), 'mainstay-permissions-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  process.env[LEDGER_VARIABLE] = directory;
  try {
    for (const drill of Object.values<Drill>(drills)) {
      await withAssembly(
        environment,
        (text) => timeline.stage(text),
        (assembly) => runAll(drill, { assembly, environment }, timeline, failures),
        drill.standing?.capabilities,
      );
    }
    return PermissionLedger.read(directory);
  } finally {
    delete process.env[LEDGER_VARIABLE];
    forget();
    remove();
  }
}

/** Every scenario of one capability, in workers that keep the ledger. */
async function runAll(
  { slug, scenarios }: Drill,
  place: { readonly assembly: string; readonly environment: string },
  timeline: Timeline,
  failures: string[],
): Promise<void> {
  const names = Object.keys(scenarios);
  let done = 0;
  timeline.stage('deploying in every worker');
  const onOutcome = (outcome: SeedOutcome) => {
    const name = `${slug}/${names[outcome.seed]}`;
    if ('failure' in outcome) failures.push(`${name}: ${outcome.failure}`);
    else if (!held(outcome.result)) failures.push(`${name}: ended ${outcome.result.outcome}, or broke an invariant`);
    done += 1;
    timeline.stage(`${done} of ${names.length} scenarios of ${slug}`);
  };
  const job = { slug, scenario: '', ...place };
  await runPool(job, [...names.keys()], onOutcome, { worker: new URL('./worker.ts', import.meta.url) });
}

/** A list for people, grouped by reason. */
export function textLines({ explained, unexplained, stale }: Verdict, { granted, runs }: PermissionLedger): string[] {
  const reasons = Map.groupBy(explained, ({ because }) => because);
  return [
    ...[...reasons].flatMap(([because, permissions]) => [
      `${because}:`,
      ...permissions.map(({ permission }) => `  ${textOf(permission)}`),
    ]),
    ...unexplained.map((permission) => `unused and not explained: ${textOf(permission)}`),
    ...stale.map((sentence) => `out of date: ${sentence}`),
    `${granted.length} permissions granted, ${explained.length + unexplained.length} not used by ${runs.size} scenarios: ` +
      `${explained.length} explained, ${unexplained.length} not; ${stale.length} explanations out of date`,
  ];
}

const jsonLines = ({ explained, unexplained, stale }: Verdict, { granted, runs }: PermissionLedger): string[] => [
  ...explained.map(({ permission, because }) => JSON.stringify({ ...permission, because })),
  ...unexplained.map((permission) => JSON.stringify({ ...permission, because: null })),
  JSON.stringify({
    summary: {
      granted: granted.length,
      scenarios: runs.size,
      explained: explained.length,
      unexplained: unexplained.length,
      stale,
    },
  }),
];
