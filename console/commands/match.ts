/** `mainstay match --batch < rows.jsonl`: EventBridge pattern matching for rows of {id, pattern|patternText, event}. */
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type MatchRow, matchRow } from '../match.ts';
import { UsageProblem } from '../problem.ts';

export function addMatch(program: Command): void {
  program
    .command('match')
    .description(
      'match events against EventBridge patterns: rows {id, pattern|patternText, event} in, {id, result} out',
    )
    .requiredOption('--batch', 'read JSON lines from standard input')
    .action(async () => {
      let number = 0;
      for await (const line of createInterface({ input: process.stdin })) {
        number += 1;
        if (line.trim() !== '') process.stdout.write(`${JSON.stringify(matchRow(parse(line, number)))}\n`);
      }
    });
}

/** What a pattern or an event may be is for the matching to say; here it must only be there. Throws UsageProblem. */
function parse(line: string, number: number): MatchRow {
  const row = json(line, number);
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new UsageProblem(`line ${number}: got ${line.trim().slice(0, 40)}; each line is one row, an object`);
  }
  for (const names of [['id'], ['pattern', 'patternText'], ['event', 'eventText']]) {
    if (!names.some((name) => name in row))
      throw new UsageProblem(`line ${number}: ${names.join(' or ')}: got nothing`);
  }
  return row as MatchRow;
}

function json(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new UsageProblem(`line ${number}: not JSON (${(error as Error).message}); each line is one row`);
  }
}
