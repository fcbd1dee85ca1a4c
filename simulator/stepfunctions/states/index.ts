/** The state types that are modelled, by their ASL names. A type that is not here is refused when a machine is created. */
import { choice } from './choice.ts';
import { fail } from './fail.ts';
import { parallel } from './parallel.ts';
import { pass } from './pass.ts';
import type { StateType } from './step.ts';
import { succeed } from './succeed.ts';
import { task } from './task.ts';
import { wait } from './wait.ts';

export const stateTypes: Readonly<Record<string, StateType>> = {
  Choice: choice,
  Fail: fail,
  Parallel: parallel,
  Pass: pass,
  Succeed: succeed,
  Task: task,
  Wait: wait,
};
