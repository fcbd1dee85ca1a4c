/** Decides rows of `mainstay match --batch`: one event pattern, one event each. Pure; the command reads and writes. */
import { Members, parseJson } from '../simulator/eventbridge/json.ts';
import {
  compileForService,
  compilePattern,
  hasEnvelope,
  InvalidPattern,
  matches,
} from '../simulator/eventbridge/pattern.ts';

export interface MatchRow {
  readonly id: string;
  readonly pattern?: unknown;
  /** The pattern as it was written; wins over `pattern`. */
  readonly patternText?: string;
  readonly event?: unknown;
  /** The event as it was written; wins over `event`. */
  readonly eventText?: string;
}

export interface MatchResult {
  readonly id: string;
  readonly result: 'match' | 'nomatch' | 'error';
  readonly error?: string;
}

/**
 * Matches one row. An event with the whole envelope is taken as the service takes it, with its limits on patterns; a bare
 * event as its rule engine does. A pattern or event that AWS would refuse gives result 'error' with the reason, never an exception. */
export function matchRow(row: MatchRow): MatchResult {
  try {
    const patternText = row.patternText ?? JSON.stringify(row.pattern ?? null);
    const pattern = compilePattern(patternText);
    const event = parseJson(row.eventText ?? JSON.stringify(row.event ?? null));
    if (!(event instanceof Members)) throw new InvalidEvent('Event must be a JSON object');
    if (hasEnvelope(event)) compileForService(patternText);
    return { id: row.id, result: matches(pattern, event) ? 'match' : 'nomatch' };
  } catch (error) {
    if (error instanceof InvalidPattern) {
      return { id: row.id, result: 'error', error: `Event pattern is not valid. Reason: ${error.message}` };
    }
    return { id: row.id, result: 'error', error: `Parameter Event is not valid. ${(error as Error).message}` };
  }
}

class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}
