/** Whoever asks is told of every NotModelled, whatever becomes of it. */
import { expect, it } from 'vitest';
import { withoutGaps } from '../../console/drill/gaps.ts';
import { Cloud } from '../../simulator/cloud.ts';
import { NotModelled, onNotModelled } from '../../simulator/errors.ts';
import { refused } from '../../simulator/runtime/refusal.ts';

const makeCloud = () =>
  Cloud.create({ seed: 1, account: '111111111111', regions: ['us-east-1'], services: [], startAt: 0 });

const swallow = (): void => {
  try {
    refused('child_process.fork')();
  } catch {}
};

it('tells of one that was caught and forgotten, until it is told to stop', () => {
  const heard: string[] = [];
  const stop = onNotModelled(({ message }) => heard.push(message));
  swallow();
  stop();
  swallow();
  expect(heard).toEqual([expect.stringContaining('child_process.fork')]);
});

it('ends a run with the names of all that was missing, and notes them in the trace', async () => {
  const cloud = makeCloud();
  const run = async () => {
    swallow();
    swallow();
    await cloud.call('sqs' as never, 'SendMessage' as never, {} as never, { region: 'us-east-1' }).catch(() => {});
    return 'done';
  };
  const ended = withoutGaps(cloud, run);
  await expect(ended).rejects.toMatchObject({ name: 'GapInSimulator' });
  await expect(ended).rejects.toThrow(/child_process\.fork .*; service 'sqs' is not modelled/);
  expect(cloud.trace.entries.filter(({ what }) => what === 'notModelled')).toHaveLength(3);
});

it('names them also when the run itself failed for another reason, which may come of it', async () => {
  const run = async () => {
    swallow();
    throw new Error('it did not come up');
  };
  await expect(withoutGaps(makeCloud(), run)).rejects.toThrow('child_process.fork');
});

it('leaves a run without any as it is', async () => {
  expect(await withoutGaps(makeCloud(), async () => 'done')).toBe('done');
  await expect(withoutGaps(makeCloud(), () => Promise.reject(new Error('why')))).rejects.toThrow('why');
  expect(() => {
    throw new NotModelled('later');
  }).toThrow('later');
});
