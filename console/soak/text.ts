/** A soak's findings as text for people: coverage, what was never reached, failing seeds with the fewest faults. */
import { type Coverage, SECTIONS, type SectionReport } from './coverage.ts';
import type { Faults, ShrunkSchedule } from './job.ts';
import type { Entry } from './schedule.ts';

const NAME_WIDTH = 38;

export function coverageText(sections: readonly SectionReport[], coverage: Coverage): string {
  const rows = sections.map(({ section, reached, of }) => {
    const figure = of === null ? String(reached) : `${reached} of ${of}`;
    return `  ${SECTIONS[section].padEnd(NAME_WIDTH)} ${figure}`;
  });
  const outcomes = Object.entries(coverage.outcomes).sort(([, a], [, b]) => b - a);
  return [
    'coverage',
    ...rows,
    `  ${'how the runs ended'.padEnd(NAME_WIDTH)} ${outcomes.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'}`,
    ...neverText(sections),
  ].join('\n');
}

function neverText(sections: readonly SectionReport[]): string[] {
  return sections.flatMap(({ section, never }) =>
    never.length === 0 ? [] : [`never: ${SECTIONS[section]}`, ...never.map((name) => `  ${name}`)],
  );
}

/** How a seed is looked at again; without faults it is a drill's. */
export function replayCommand(name: string, seed: number, faults?: Pick<Faults, 'profile' | 'only'>): string {
  const under = faults ? ` --faults ${faults.profile}` : '';
  const only = faults?.only ? ` --only ${faults.only.join(',') || 'none'}` : '';
  return `npx mainstay replay ${name} --seed ${seed}${under}${only}`;
}

/** The smallest schedule of a failing seed: in words, as JSON for a file, and how to see it. */
export function shrunkText(name: string, seed: number, profile: string, shrunk: ShrunkSchedule): string {
  const { id, message, only, entries, runs, minimal } = shrunk;
  const count = `${entries.length} ${entries.length === 1 ? 'fault' : 'faults'}`;
  return [
    `seed ${seed}: ${id} is broken by ${count} (${runs} runs${minimal ? '' : ', perhaps not the fewest'}): ${message}`,
    ...entries.map((entry, index) => `  ${only[index]}: ${entryText(entry)}`),
    `  ${JSON.stringify({ profile, entries })}`,
    `  ${replayCommand(name, seed, { profile, only })}`,
  ].join('\n');
}

/** 'from 31 s for 200 s: dark-writer {…}' */
export function entryText({ kind, at, lasts, fault, begins, act }: Entry): string {
  const { kind: _, ...members } = fault ?? { kind: '' };
  const what = fault ? members : (begins ?? act ?? {});
  return `from ${at} s${lasts === null ? '' : ` for ${lasts} s`}: ${kind} ${JSON.stringify(what)}`;
}
