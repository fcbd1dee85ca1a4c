/** Whether functions run as child processes, and how fast time goes then. */
import { describe, expect, it } from 'vitest';
import { parseProcesses } from '../../console/drill/processes-option.ts';
import { UsageProblem } from '../../console/problem.ts';

describe('functions', () => {
  it('run in process unless told', () => expect(parseProcesses({})).toBeUndefined());
  it('run as processes at five times real time', () =>
    expect(parseProcesses({ processes: true })).toEqual({ speed: 5 }));
  it('run as processes at the speed that is asked for', () =>
    expect(parseProcesses({ processes: true, speed: '2.5' })).toEqual({ speed: 2.5 }));

  it.each([
    [{ processes: true, speed: 'fast' }, /--speed: got 'fast'.*from 1 .*to 20/],
    [{ processes: true, speed: '0' }, /--speed: got '0'/],
    [{ processes: true, speed: '1000' }, /--speed: got '1000'/],
    [{ speed: '2' }, /--speed: got '2'; it needs --processes/],
    [{ processes: true, seeds: '1..2' }, /--processes: takes one seed at a time/],
    [{ processes: true, faults: 'rough' }, /--processes: .*without --faults/],
  ])('%o is refused with the option named', (options, message) => {
    expect(() => parseProcesses(options)).toThrow(UsageProblem);
    expect(() => parseProcesses(options)).toThrow(message);
  });
});
