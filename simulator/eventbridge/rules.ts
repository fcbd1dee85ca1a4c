/** EventBridge's operations on rules and their targets, and TestEventPattern. Part of the service in service.ts. */
import type { EventBridge, Rule as RuleOutput, Target } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../errors.ts';
import type { Context, Operations } from '../service.ts';
import { InvalidJson, Members, parseJson } from './json.ts';
import { type CompiledPattern, compileForService, hasEnvelope, InvalidPattern, matches } from './pattern.ts';
import { busNameOf } from './put-events.ts';
import { parseScheduleExpression } from './schedule-expression.ts';
import { arm } from './scheduled-rules.ts';
import type { Bus, EventBridgeState, Rule } from './state.ts';
import { checkTarget } from './targets.ts';

type Eb = Context<EventBridgeState>;

/** EventBridge quotas. */
const TARGETS_MAX = 5;
const PATTERN_MAX = 4_096;

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** Throws ResourceNotFoundException. */
export function findBus(name: string | undefined, context: Eb): Bus {
  const bus = context.state.buses[busNameOf(name)];
  if (!bus) throw new AwsError('ResourceNotFoundException', `Event bus ${busNameOf(name)} does not exist.`);
  return bus;
}

function findRule(input: { Name?: string | undefined; EventBusName?: string | undefined }, context: Eb): Rule {
  const bus = findBus(input.EventBusName, context);
  const rule = bus.rules[input.Name ?? ''];
  if (!rule) {
    const message = `Rule ${input.Name} does not exist on EventBus ${bus.name}.`;
    throw new AwsError('ResourceNotFoundException', message);
  }
  return rule;
}

function checkPattern(text: string): void {
  if (text.length > PATTERN_MAX) throw invalid(`Event pattern is longer than ${PATTERN_MAX} characters.`);
  compile(text);
}

function compile(text: string): CompiledPattern {
  try {
    return compileForService(text);
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error;
    const message = `Event pattern is not valid. Reason: ${error.message}`;
    throw new AwsError('InvalidEventPatternException', message, { cause: error });
  }
}

function checkSchedule(expression: string, bus: Bus): void {
  if (bus.name !== 'default') throw invalid('ScheduleExpression is supported only on the default event bus.');
  try {
    parseScheduleExpression(expression, { strictUnits: true, at: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.', { cause: error });
  }
}

function describe(rule: Rule): RuleOutput {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.busName,
    State: rule.state,
    ...(rule.eventPattern === undefined ? {} : { EventPattern: rule.eventPattern }),
    ...(rule.scheduleExpression === undefined ? {} : { ScheduleExpression: rule.scheduleExpression }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
  };
}

function setState(rule: Rule, state: Rule['state'], context: Eb): void {
  if (rule.state === state) return;
  rule.state = state;
  rule.anchorMs = context.now;
  arm(rule, context);
}

export const ruleOperations: Operations<EventBridge, EventBridgeState> = {
  PutRule(input, context) {
    const bus = findBus(input.EventBusName, context);
    const name = input.Name ?? '';
    if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) throw invalid(`Value '${name}' at 'name' is not a valid rule name.`);
    if (!input.EventPattern && !input.ScheduleExpression) {
      throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
    }
    if (input.EventPattern) checkPattern(input.EventPattern);
    if (input.ScheduleExpression) checkSchedule(input.ScheduleExpression, bus);
    const known = bus.rules[name];
    const path = bus.name === 'default' ? name : `${bus.name}/${name}`;
    const rule: Rule = {
      name,
      arn: `arn:aws:events:${context.region}:${context.account}:rule/${path}`,
      busName: bus.name,
      state: input.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
      targets: known?.targets ?? {},
      anchorMs: context.now,
      ...(known?.timerId === undefined ? {} : { timerId: known.timerId }),
      ...(input.EventPattern ? { eventPattern: input.EventPattern } : {}),
      ...(input.ScheduleExpression ? { scheduleExpression: input.ScheduleExpression } : {}),
      ...(input.Description ? { description: input.Description } : {}),
      ...(input.RoleArn ? { roleArn: input.RoleArn } : {}),
    };
    bus.rules[name] = rule;
    arm(rule, context);
    return { RuleArn: rule.arn };
  },

  DescribeRule: (input, context) => describe(findRule(input, context)),

  ListRules(input, context) {
    const bus = findBus(input.EventBusName, context);
    const rules = Object.values(bus.rules).filter((rule) => rule.name.startsWith(input.NamePrefix ?? ''));
    return { Rules: rules.sort((a, b) => (a.name < b.name ? -1 : 1)).map(describe) };
  },

  EnableRule(input, context) {
    setState(findRule(input, context), 'ENABLED', context);
    return {};
  },

  DisableRule(input, context) {
    setState(findRule(input, context), 'DISABLED', context);
    return {};
  },

  DeleteRule(input, context) {
    const bus = findBus(input.EventBusName, context);
    const rule = bus.rules[input.Name ?? ''];
    if (!rule) return {};
    if (Object.keys(rule.targets).length > 0) throw invalid("Rule can't be deleted since it has targets.");
    if (rule.timerId !== undefined) context.cancel(rule.timerId);
    delete bus.rules[rule.name];
    return {};
  },

  PutTargets(input, context) {
    const rule = findRule({ Name: input.Rule, EventBusName: input.EventBusName }, context);
    const targets = input.Targets ?? [];
    for (const target of targets) checkTarget(target, rule.arn, context);
    const merged: Record<string, Target> = { ...rule.targets };
    for (const target of targets) merged[target.Id ?? ''] = target;
    if (Object.keys(merged).length > TARGETS_MAX) {
      throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
    }
    Object.assign(rule.targets, merged);
    return { FailedEntryCount: 0, FailedEntries: [] };
  },

  RemoveTargets(input, context) {
    const rule = findRule({ Name: input.Rule, EventBusName: input.EventBusName }, context);
    for (const id of input.Ids ?? []) delete rule.targets[id];
    return { FailedEntryCount: 0, FailedEntries: [] };
  },

  ListTargetsByRule(input, context) {
    const rule = findRule({ Name: input.Rule, EventBusName: input.EventBusName }, context);
    return { Targets: Object.values(rule.targets) };
  },

  ListRuleNamesByTarget(input, context) {
    const bus = findBus(input.EventBusName, context);
    const rules = Object.values(bus.rules).filter((rule) =>
      Object.values(rule.targets).some((target) => target.Arn === input.TargetArn),
    );
    return { RuleNames: rules.map((rule) => rule.name).sort() };
  },

  TestEventPattern(input) {
    const pattern = compile(input.EventPattern ?? '');
    return { Result: matches(pattern, readTestEvent(input.Event ?? '')) };
  },
};

function readTestEvent(text: string): Members {
  try {
    const event = parseJson(text);
    if (event instanceof Members && hasEnvelope(event)) return event;
  } catch (error) {
    if (!(error instanceof InvalidJson)) throw error;
  }
  throw invalid('Parameter Event is not valid.');
}
