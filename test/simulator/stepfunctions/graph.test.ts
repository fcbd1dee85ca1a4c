/** The graph of a definition, for reports. */
import { expect, test } from 'vitest';
import { graphOf } from '../../../simulator/stepfunctions/graph.ts';
import { invoke, machine } from './cloud.ts';

test('holds every state and every way between them, those of branches too', () => {
  const definition = machine({
    Ask: invoke('f', { Catch: [{ ErrorEquals: ['A', 'B'], Next: 'Stop' }], Next: 'Pick', Comment: 'why' }),
    Pick: { Type: 'Choice', Choices: [{ Condition: '{% $x %}', Next: 'Both' }], Default: 'Stop' },
    Both: { Type: 'Parallel', Branches: [{ StartAt: 'In', States: { In: { Type: 'Pass', End: true } } }], End: true },
    Stop: { Type: 'Fail' },
  });
  expect(graphOf(definition)).toEqual({
    startAt: 'Ask',
    states: [
      { name: 'Ask', type: 'Task', comment: 'why' },
      { name: 'Pick', type: 'Choice' },
      { name: 'Both', type: 'Parallel' },
      { name: 'In', type: 'Pass', within: { state: 'Both', branch: 0 } },
      { name: 'Stop', type: 'Fail' },
    ],
    edges: [
      { from: 'Ask', to: 'Pick', kind: 'next' },
      { from: 'Ask', to: 'Stop', kind: 'catch', label: 'A, B' },
      { from: 'Pick', to: 'Both', kind: 'choice', label: '{% $x %}' },
      { from: 'Pick', to: 'Stop', kind: 'default' },
      { from: 'Both', to: 'In', kind: 'start', label: 'branch 0' },
    ],
  });
});
