/** A move to another region that a person asks for: what is asked, what cannot be undone, and how it ended, in words. */
import { FailoverRequest } from '../../../events/failover-request.ts';
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import { RegionFailoverOutput } from '../../../statemachines/region-failover.io.ts';
import type { Asked, ByHand, Ended } from '../../by-hand.ts';
import { UsageProblem } from '../../problem.ts';
import { narratorOf } from './narrator.ts';
import { readStatus } from './status.ts';

type Detail = FailoverRequest['detail'];

export const regionFailoverByHand: ByHand = {
  request: FailoverRequest.shape.detail,
  async ask(target, configuration, given) {
    const { authority, problems } = await readStatus(target, configuration);
    if (!authority) {
      const why = problems[0] ?? 'it has no item for this application';
      throw new UsageProblem(`--target: the authority table cannot be read (${why}); is Mainstay deployed there?`);
    }
    const { serving } = configuration.regions;
    const from = given.from ?? authority.holder;
    const to = given.target ?? serving.find((region) => region !== from);
    for (const [field, region] of Object.entries({ from, target: to })) {
      if (region !== undefined && (serving as readonly unknown[]).includes(region)) continue;
      throw new UsageProblem(`--input: ${field}: got '${region}'; use one of ${serving.join(', ')}`);
    }
    const application = namesOf(configuration).prefix;
    return askedFor(configuration, FailoverRequest.shape.detail.parse({ ...given, application, target: to, from }));
  },
};

export function askedFor(configuration: Configuration, detail: Detail): Asked {
  const names = namesOf(configuration);
  const { application, from, target } = detail;
  return {
    slug: 'region-failover',
    region: target,
    detailType: 'Region failover requested',
    detail,
    machine: names.workflow,
    // The event's id names the execution (functions/region-failover/declare.ts).
    execution: (eventId) => `person-${eventId}`,
    consent: {
      question: [
        `${application} writes in ${from}. This`,
        `  stops its writes there and waits until they have certainly stopped,`,
        `  promotes the database in ${target}: what ${from} has not replicated by then is lost,`,
        `  and sends the users to ${target}.`,
        `The promotion cannot be undone.`,
      ].join('\n'),
      word: target,
    },
    narrator: (cloud, timeline) => {
      const now = (cloud.now - cloud.state.startedAt) / 1000;
      return narratorOf(cloud, { names, domain: configuration.domain }, now, (entry) => timeline.entry(entry));
    },
    end: (ended) => {
      const end = endOf(ended);
      return { done: end.outcome === 'moved', json: end, lines: endLines(end) };
    },
  };
}

export interface End {
  /** As the machine says it, or its status in small letters when it said nothing. */
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly measures: RegionFailoverOutput['measures'];
}

export function endOf({ status, output, error, cause }: Ended): End {
  const parsed = output === undefined ? undefined : RegionFailoverOutput.safeParse(JSON.parse(output));
  if (parsed?.success) {
    const { outcome, reasons, measures } = parsed.data;
    return { outcome, reasons, measures };
  }
  const why = [error, cause].filter((text) => text !== undefined).join(': ');
  return { outcome: status.toLowerCase(), reasons: why === '' ? [] : [why], measures: null };
}

/** The end as text. What was not measured says so. */
export function endLines({ outcome, reasons, measures }: End): string[] {
  const figure = (value: number | null) => (value === null ? 'unknown' : `${Math.round(value * 10) / 10} s`);
  return [
    `outcome     ${outcome}`,
    ...[...new Set(reasons)].map((reason, index) => `${index === 0 ? 'because     ' : '            '}${reason}`),
    ...(measures
      ? [
          `detection   ${figure(measures.detectSeconds)}`,
          `decision    ${figure(measures.decideSeconds)}`,
          `RTO         ${figure(measures.rtoSeconds)}`,
          `RPO         ${figure(measures.rpoSeconds)}`,
        ]
      : []),
  ];
}
