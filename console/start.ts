/** Starts a capability by hand: opens the target, completes the request, asks, follows. For `mainstay run`. */
import { createInterface } from 'node:readline/promises';
import type { Configuration } from '../infra/config/index.ts';
import type { Asked, ByHand } from './by-hand.ts';
import { openTarget } from './deployment/open-target.ts';
import { follow } from './follow.ts';
import { EXIT } from './problem.ts';
import type { Given } from './request.ts';
import type { Timeline } from './terminal.ts';

export interface Started {
  readonly byHand: ByHand;
  readonly configuration: Configuration;
  readonly given: Given;
  readonly target: 'local' | 'aws';
  readonly environment: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Returns the command's exit code. Throws UsageProblem for a request that does not fit the present state. */
export async function start(options: Started, timeline: Timeline): Promise<number> {
  const { byHand, configuration, given } = options;
  const { target, cloud } = await openTarget(options.target, options.environment, timeline);
  const asked = await byHand.ask(target, configuration, given);
  timeline.end();
  if (!options.yes && !(await confirmed(asked))) {
    console.error('mainstay: nothing was started');
    return EXIT.broken;
  }
  const { done, json, lines } = asked.end(await follow({ target, asked, timeline, ...(cloud && { cloud }) }));
  timeline.end();
  process.stdout.write(`${options.json ? JSON.stringify(json) : lines.join('\n')}\n`);
  return done ? EXIT.held : EXIT.broken;
}

async function confirmed({ consent }: Asked): Promise<boolean> {
  if (!consent) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${consent.question} Type ${consent.word} to go on: `);
  prompt.close();
  return answer.trim() === consent.word;
}
