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

function parse(line: string, number: number): MatchRow {
  try {
    return JSON.parse(line) as MatchRow;
  } catch (error) {
    throw new UsageProblem(`line ${number}: not JSON (${(error as Error).message}); each line is one row`);
  }
}
