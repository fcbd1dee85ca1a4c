/** A release that a person asks for by its digest: what is asked, and how it ended, in words. */
import { ReleaseRequest } from '../../../events/release-request.ts';
import { namesOf } from '../../../infra/names.ts';
import { BlueGreenOutput } from '../../../statemachines/blue-green.io.ts';
import type { ByHand, End, Ended } from '../../by-hand.ts';
import { UsageProblem } from '../../problem.ts';
import { narratorOf } from './narrator.ts';
import { readReleases } from './status.ts';

/** In the region that was configured first; the other one is asked by its own event. Everything it does can be undone. */
export const blueGreenByHand: ByHand = {
  request: ReleaseRequest.shape.detail,
  async ask(target, configuration, given) {
    const names = namesOf(configuration);
    const [region] = configuration.regions.serving;
    const { states } = await readReleases(target, configuration);
    const { success, data, error } = ReleaseRequest.shape.detail.safeParse({
      kind: 'redeploy',
      ...given,
      application: names.prefix,
    });
    if (!success) {
      const [issue] = error.issues;
      throw new UsageProblem(`--input: ${issue?.path.join('.')}: ${issue?.message}`);
    }
    return {
      slug: 'blue-green',
      region,
      detailType: 'Release requested',
      detail: data,
      machine: names.releaseWorkflow,
      // The event's id and the fence that was given last (functions/blue-green/request.ts).
      execution: (eventId) => `${eventId}-${states[region]?.fence ?? 0}`,
      narrator: (cloud, timeline) => {
        const now = (cloud.now - cloud.state.startedAt) / 1000;
        return narratorOf({ cloud, configuration, names, region }, now, (entry) => timeline.entry(entry));
      },
      end: endOf,
    };
  },
};

export function endOf({ status, output, error, cause }: Ended): End {
  const parsed = output === undefined ? undefined : BlueGreenOutput.safeParse(JSON.parse(output));
  const [outcome, reasons] = parsed?.success
    ? [parsed.data.outcome, parsed.data.reasons]
    : [status.toLowerCase(), [error, cause].filter((text) => text !== undefined)];
  return {
    done: outcome === 'committed',
    json: { outcome, reasons },
    lines: [
      `outcome     ${outcome}`,
      ...reasons.map((reason, index) => `${index === 0 ? 'because     ' : '            '}${reason}`),
    ],
  };
}
