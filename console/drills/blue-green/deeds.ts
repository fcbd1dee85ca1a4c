/** What a call to AWS does to a colour's machines or to the forward rule. Asked by collect.ts. */
import { COLOURS, type Colour } from '../../../infra/names.ts';
import type { Call } from './evidence.ts';
import type { Watched } from './monitor.ts';

type Effect = Pick<Call, 'deed' | 'colour' | 'size'>;
type Input = Readonly<Record<string, unknown>>;

const NOTHING: Effect = { deed: null, colour: null, size: null };

export function deedOf(watched: Watched, service: string, operation: string, input: Input): Effect {
  const { names } = watched;
  const colour = COLOURS.find((one) => JSON.stringify(input).includes(names.group(one))) ?? null;
  switch (`${service}:${operation}`) {
    case 'elasticloadbalancing:ModifyRule':
      return forwards(input) ? { ...NOTHING, deed: 'weights' } : NOTHING;
    case 'ssm:PutParameter':
      return assigned(watched, input);
    case 'autoscaling:UpdateAutoScalingGroup':
    case 'autoscaling:SetDesiredCapacity':
      return sized(colour, input.DesiredCapacity);
    case 'ecs:UpdateService':
      return input.taskDefinition === undefined
        ? sized(colour, input.desiredCount)
        : { ...NOTHING, deed: 'assign', colour };
    case 'autoscaling:SuspendProcesses':
      return { ...NOTHING, deed: 'pin', colour };
    case 'autoscaling:ResumeProcesses':
      return { ...NOTHING, deed: 'unpin', colour };
    case 'application-autoscaling:RegisterScalableTarget':
      return suspended(colour, input.SuspendedState);
    case 'autoscaling:TerminateInstanceInAutoScalingGroup':
    case 'ec2:TerminateInstances':
    case 'ecs:StopTask':
      return { ...NOTHING, deed: 'end', colour };
    default:
      return NOTHING;
  }
}

/** Bounds alone leave the number as it is. */
const sized = (colour: Colour | null, size: unknown): Effect =>
  typeof size === 'number' ? { deed: 'size', colour, size } : NOTHING;

/** Bounds alone suspend nothing. */
function suspended(colour: Colour | null, state: unknown): Effect {
  if (state === undefined) return NOTHING;
  return { ...NOTHING, deed: JSON.stringify(state).includes('true') ? 'pin' : 'unpin', colour };
}

function assigned({ names }: Watched, { Name }: Input): Effect {
  const colour = COLOURS.find((one) => names.digestParameter(one) === Name) ?? null;
  return colour ? { ...NOTHING, deed: 'assign', colour } : NOTHING;
}

interface ForwardAction {
  readonly ForwardConfig?: { readonly TargetGroups?: readonly unknown[] };
}

/** The preview rule has one group, the forward rule both. */
const forwards = ({ Actions }: Input): boolean =>
  ((Actions ?? []) as readonly ForwardAction[]).some(
    ({ ForwardConfig }) => (ForwardConfig?.TargetGroups ?? []).length === COLOURS.length,
  );
