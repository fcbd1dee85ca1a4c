/** The properties of the custom resource ForwardRule, as infra/stacks/core/forward-rule.ts writes them. */
import * as z from 'zod';
import type { Wanted } from './decide.ts';

/** CloudFormation hands every number over as text. */
const whole = z.coerce.number().int().min(0);

/** What the template owns, and under Initial what it only gives once. */
export const ForwardRule = z
  .object({
    ListenerArn: z.string().includes(':listener/app/'),
    Priority: whole.min(1).max(50_000),
    PathPatterns: z.array(z.string()).min(1),
    TargetGroupArns: z.object({ Blue: z.string(), Green: z.string() }),
    Initial: z.object({ Weights: z.object({ Blue: whole, Green: whole }), StickySeconds: whole }),
  })
  .transform(
    ({ ListenerArn, Priority, PathPatterns, TargetGroupArns, Initial }): Wanted => ({
      listenerArn: ListenerArn,
      priority: Priority,
      pathPatterns: PathPatterns,
      targetGroupArns: { blue: TargetGroupArns.Blue, green: TargetGroupArns.Green },
      initial: {
        weights: { blue: Initial.Weights.Blue, green: Initial.Weights.Green },
        stickySeconds: Initial.StickySeconds,
      },
    }),
  );

/** A creation that failed has another id: there is no rule to name. */
export const isRuleArn = (id: string | null): id is string => id?.includes(':listener-rule/') ?? false;
