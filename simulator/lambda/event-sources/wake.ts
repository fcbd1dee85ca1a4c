/** Tells Lambda's pollers that a queue has something to read. Asked by SQS; in a cloud without Lambda it does nothing. */
import type { Cloud } from '../../cloud.ts';
import type { LambdaState } from '../state.ts';

/**
 * From a message that can be received to the poller that asks for it. Guess: 10–60 ms; the pollers' long polls are open
 * all the time, and AWS tells no figure.
 */
const NOTICED_MS = [10, 60] as const;

/** Lets each enabled mapping of the queue poll, at the end of its batching window. */
export function wakeMappings(cloud: Cloud, region: string, queueArn: string): void {
  const lambda = cloud.services.get('lambda');
  if (!lambda) return;
  const { mappings } = cloud.stateOf<LambdaState>(lambda, region);
  for (const mapping of Object.values(mappings)) {
    if (mapping.queueArn !== queueArn || !mapping.enabled || mapping.pollAt !== null) continue;
    const noticedMs = Math.round(cloud.random(`lambda pollers@${region}`).uniform(...NOTICED_MS));
    const at = cloud.now + noticedMs + mapping.windowSeconds * 1000;
    mapping.pollAt = at;
    cloud.clock.schedule({ at, region, service: 'lambda', name: 'poll', data: { uuid: mapping.uuid } });
  }
}
