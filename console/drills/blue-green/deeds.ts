/** What a call to AWS does to a colour's machines or to the forward rule. Asked by collect.ts. */
import { COLOURS, type Colour } from '../../../infra/names.ts';
import type { Call } from './evidence.ts';
import type { Watched } from './monitor.ts';

type Effect = Pick<Call, 'deed' | 'colour' | 'size'>;
type Input = Readonly<Record<string, unknown>>;

const NOTHING: Effect = { deed: null, colour: null, size: null };

export function deedOf(watched: Watched, service: string, operation: string, input: Input): Effect {
  switch (`${service}:${operation}`) {
    case 'elasticloadbalancing:ModifyRule':
      return forwards(input) ? { ...NOTHING, deed: 'weights' } : NOTHING;
    case 'ssm:PutParameter':
      return assigned(watched, input);
    case 'autoscaling:UpdateAutoScalingGroup':
    case 'autoscaling:SetDesiredCapacity':
      return sized(colourIn(watched, input), input.DesiredCapacity);
    case 'ecs:UpdateService':
      return input.taskDefinition === undefined
        ? sized(colourIn(watched, input), input.desiredCount)
        : { ...NOTHING, deed: 'assign', colour: colourIn(watched, input) };
    case 'autoscaling:SuspendProcesses':
      return { ...NOTHING, deed: 'pin', colour: colourIn(watched, input) };
    case 'autoscaling:ResumeProcesses':
      return { ...NOTHING, deed: 'unpin', colour: colourIn(watched, input) };
    case 'application-autoscaling:RegisterScalableTarget':
      return suspended(colourIn(watched, input), input.SuspendedState);
    case 'autoscaling:TerminateInstanceInAutoScalingGroup':
    case 'ec2:TerminateInstances':
    case 'ecs:StopTask':
      return { ...NOTHING, deed: 'end', colour: colourIn(watched, input) };
    default:
      return NOTHING;
  }
}

/** The colour whose group or service a call names. Only asked where it matters: every call of a run passes here. */
function colourIn({ names }: Watched, input: Input): Colour | null {
  const text = JSON.stringify(input);
  return COLOURS.find((one) => text.includes(names.group(one))) ?? null;
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
