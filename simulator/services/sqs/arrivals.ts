/**
 * Tells those who wait that a queue has something: long polls (running code, beside the state) and Lambda's event source
 * mappings. Asked by sending, by the timer of a message that becomes visible again, and by a move to a dead-letter queue.
 */
import type { Owner } from '../../clock.ts';
import type { Cloud } from '../../cloud.ts';
import { wakeMappings } from '../../lambda/event-sources/wake.ts';
import type { Queue, Sqs } from './state.ts';

const WAITING: Owner = { region: 'network', label: 'sqs long poll', paused: false, killed: false };

const waitersOf = (cloud: Cloud): Map<string, Set<() => void>> => {
  let waiters = cloud.running.get('sqs waiters') as Map<string, Set<() => void>> | undefined;
  if (!waiters) {
    waiters = new Map();
    cloud.running.set('sqs waiters', waiters);
  }
  return waiters;
};

/** Now, or when the message becomes visible. */
export function announce(queue: Queue, { visibleAt, copy }: { visibleAt: number; copy: number }, context: Sqs): void {
  if (visibleAt > context.now) {
    context.schedule('visible', visibleAt - context.now, { queue: queue.name, copy } satisfies Visible);
  } else wake(queue, context);
}

/** Data of the timer 'visible'. */
export interface Visible {
  readonly queue: string;
  readonly copy: number;
}

/** The timer: nothing when the message is gone or was hidden again meanwhile. */
export function visible({ queue: name, copy }: Visible, context: Sqs): void {
  const queue = context.state.queues[name];
  const message = queue?.messages.find((each) => each.copy === copy);
  if (queue && message && message.visibleAt <= context.now) wake(queue, context);
}

function wake({ arn }: Queue, { cloud, region }: Sqs): void {
  for (const resume of [...(waitersOf(cloud).get(arn) ?? [])]) resume();
  wakeMappings(cloud, region, arn);
}

/** Resolves when something arrives, after `milliseconds` at the latest. */
export function arrival({ arn }: Queue, milliseconds: number, { cloud }: Sqs): Promise<void> {
  const waiters = waitersOf(cloud);
  return new Promise((resolve) => {
    const own = waiters.get(arn) ?? new Set();
    waiters.set(arn, own);
    const finish = (): void => {
      own.delete(finish);
      cloud.clock.cancelLive(timer);
      resolve();
    };
    const timer = cloud.clock.after(milliseconds, WAITING, finish);
    own.add(finish);
  });
}
