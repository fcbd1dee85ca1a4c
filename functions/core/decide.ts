/** What is to be done about the forward rule, from what the template wants and what is there. Pure; used by `forward-rule`. */
import type { Forward, ListenerRule, NewListenerRule, RuleChange } from '../shared/ports.ts';

const COLOURS = ['blue', 'green'] as const;
type Colour = (typeof COLOURS)[number];

export interface Wanted {
  readonly listenerArn: string;
  readonly priority: number;
  readonly pathPatterns: readonly string[];
  readonly targetGroupArns: Readonly<Record<Colour, string>>;
  /** For a rule that is not there yet; never read again. */
  readonly initial: {
    readonly weights: Readonly<Record<Colour, number>>;
    /** 0 is no stickiness. */
    readonly stickySeconds: number;
  };
}

export interface Seen {
  readonly wanted: Wanted;
  /** What the template wanted last; in a rollback what the failed update wanted. Null at a creation. */
  readonly before: Wanted | null;
  /** Who asks: a rule of this owner is this resource's own. */
  readonly owner: string;
  /** The rule that the resource's id names. */
  readonly live: ListenerRule | null;
  /** Every rule of the wanted listener but its default one. */
  readonly others: readonly ListenerRule[];
}

export type Plan =
  | { readonly action: 'keep'; readonly arn: string }
  | { readonly action: 'create'; readonly rule: Omit<NewListenerRule, 'owner'> }
  | { readonly action: 'change'; readonly arn: string; readonly change: RuleChange }
  | { readonly action: 'refuse'; readonly why: string };

export function planFor({ wanted, before, owner, live, others }: Seen): Plan {
  const { listenerArn, priority, pathPatterns } = wanted;
  // Not there under its id when the listener was replaced, or when the answer to its creation was lost.
  const own = others.find(({ arn }) => arn === live?.arn) ?? others.find((rule) => rule.owner === owner);
  const taken = others.find((rule) => rule.priority === priority && rule !== own);
  if (taken) {
    const why = `priority ${priority} is taken by ${taken.arn}, which this resource did not make`;
    return { action: 'refuse', why: `${why}; remove that rule or choose another priority` };
  }
  const source = live ?? own;
  const forward = source ? carried(source.forward, wanted, before) : initialOf(wanted);
  if (!own) {
    const why = `${source?.arn} does not forward, so there are no weights to carry to the new listener`;
    if (forward === null) return { action: 'refuse', why: `${why}; let it forward first` };
    return { action: 'create', rule: { listenerArn, priority, pathPatterns, forward } };
  }
  // What is not sent stays: a weight that moves while this runs is not put back to what was read before.
  const change: RuleChange = {
    ...(own.priority !== priority && { priority }),
    ...(!same(own.pathPatterns, pathPatterns) && { pathPatterns }),
    ...(forward !== null && !same(own.forward, forward) && { forward }),
  };
  return Object.keys(change).length === 0
    ? { action: 'keep', arn: own.arn }
    : { action: 'change', arn: own.arn, change };
}

const initialOf = ({ targetGroupArns, initial }: Wanted): Forward => ({
  targets: COLOURS.map((colour) => ({
    targetGroupArn: targetGroupArns[colour],
    weight: initial.weights[colour],
  })),
  stickySeconds: initial.stickySeconds,
});

/**
 * The live forward with its weights, in the template's target groups. A group that somebody added stays, a colour that
 * somebody took out comes back without weight, and what is no forward at all (a maintenance page) stays that: null.
 */
function carried(live: Forward | null, wanted: Wanted, before: Wanted | null): Forward | null {
  if (live === null) return null;
  const colourOf = (arn: string): Colour | undefined =>
    COLOURS.find((colour) => arn === wanted.targetGroupArns[colour] || arn === before?.targetGroupArns[colour]);
  const weight = (colour: Colour): number =>
    live.targets
      .filter(({ targetGroupArn }) => colourOf(targetGroupArn) === colour)
      .reduce((sum, target) => sum + target.weight, 0);
  const colours = COLOURS.map((colour) => ({
    targetGroupArn: wanted.targetGroupArns[colour],
    weight: weight(colour),
  }));
  const added = live.targets.filter(({ targetGroupArn }) => colourOf(targetGroupArn) === undefined);
  return { targets: [...colours, ...added], stickySeconds: live.stickySeconds };
}

/** By content; the order of target groups and patterns means nothing to a load balancer. */
const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    Array.isArray(part) ? part.map((item) => JSON.stringify(item)).sort() : part,
  );
