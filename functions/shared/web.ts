/** HTTP with a limit: how probes reach the application, and the seed reaches CloudFormation. */
import type { Clock } from './clock.ts';
import type { Web } from './ports.ts';

export const fetchWeb = (clock: Clock): Web => ({
  send: ({ method, url, body, contentType = 'application/json', headers: more, timeoutMs }) =>
    clock.within(timeoutMs, async (signal) => {
      try {
        const headers = { ...(body !== undefined && { 'content-type': contentType }), ...more };
        const answer = await fetch(url, { method, body, headers, signal, redirect: 'manual' });
        return {
          status: answer.status,
          headers: Object.fromEntries(answer.headers),
          body: await answer.text(),
        };
      } catch {
        // No answer is an answer here: the region does not serve. Why is not to be had from this side.
        return null;
      }
    }),
});
