/** Reading what a child process prints. */
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { END_OF_OUTPUT } from '../../../simulator/lambda/process/child/settings.ts';
import { Output } from '../../../simulator/lambda/process/output.ts';

describe("a child process's output", () => {
  it('has ended for an invocation when both streams say so, and then all of it has been told', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const lines: string[] = [];
    const output = new Output([stdout, stderr], (line) => lines.push(line));
    let ended = false;
    void output.endOf('a').then(() => {
      ended = true;
    });
    stdout.write(`first\nsec`);
    stderr.write(`${END_OF_OUTPUT}a\n`);
    await turn();
    expect({ ended, lines }).toEqual({ ended: false, lines: ['first'] });
    stdout.write(`ond${END_OF_OUTPUT}a\n`);
    await turn();
    expect({ ended, lines }).toEqual({ ended: true, lines: ['first', 'second'] });
    await output.endOf('a');
  });
});
