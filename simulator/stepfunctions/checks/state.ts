/** Checks one state by itself: its fields and their values. Where it leads is checked in definition.ts. */
import { integrationOf } from '../integrations.ts';
import { expressionIn } from '../jsonata.ts';
import { parseTimestamp } from '../timestamp.ts';
import { isObject, type JsonObject, type Report } from './diagnostic.ts';
import { checkExpressions } from './expressions.ts';
import {
  CHOICE_RULE_FIELDS,
  checkFields,
  checkInteger,
  objectsIn,
  REQUIRED_STATE_FIELDS,
  STATE_FIELDS,
} from './fields.ts';
import { checkCatch, checkRetry } from './recovery.ts';

const SECONDS_MAX = 99_999_999;

/** Checks a state's form and returns where it may lead: each target with its location. */
export function checkState(state: JsonObject, location: string, report: Report): Transition[] {
  const type = String(state.Type);
  const allowed = STATE_FIELDS[type] ?? [];
  checkFields(state, allowed, REQUIRED_STATE_FIELDS[type] ?? [], location, report);
  checkExpressions(state, location, report);
  typeChecks[type]?.(state, location, report);
  const transitions: Transition[] = [];
  if (allowed.includes('Next')) checkNextOrEnd(state, location, report);
  for (const field of ['Next', 'Default'] as const) {
    if (state[field] !== undefined) transitions.push({ field, target: state[field], location: `${location}/${field}` });
  }
  checkRetry(state, location, report);
  for (const [entry, at] of [...checkCatch(state, location, report), ...choiceRules(state, location, report)]) {
    checkExpressions(entry, at, report);
    if (entry.Next !== undefined) transitions.push({ field: 'Next', target: entry.Next, location: `${at}/Next` });
  }
  return transitions;
}

export interface Transition {
  readonly field: 'Next' | 'Default' | 'StartAt';
  readonly target: unknown;
  readonly location: string;
}

function checkNextOrEnd(state: JsonObject, location: string, report: Report): void {
  const ends = state.End === true;
  const leads = state.Next !== undefined;
  if (ends && leads) report.schema("A state cannot have both 'Next' and 'End'", location);
  if (!ends && !leads) report.schema('These fields are required: one of [Next, End]', location);
  if (state.End !== undefined && typeof state.End !== 'boolean') {
    report.schema('Expected value of type Boolean', `${location}/End`);
  }
}

function choiceRules(state: JsonObject, location: string, report: Report): [JsonObject, string][] {
  if (state.Type !== 'Choice') return [];
  const rules = objectsIn(state.Choices, `${location}/Choices`, report, { mayBeEmpty: false });
  for (const [rule, at] of rules) {
    checkFields(rule, CHOICE_RULE_FIELDS, ['Condition', 'Next'], at, report);
    const { Condition: condition } = rule;
    if (condition !== undefined && typeof condition !== 'boolean' && expressionIn(condition) === undefined) {
      report.schema('Expected a boolean or a JSONata expression', `${at}/Condition`);
    }
  }
  return rules;
}

const typeChecks: Readonly<Record<string, (state: JsonObject, location: string, report: Report) => void>> = {
  Task(state, location, report) {
    if (state.Resource !== undefined) checkResource(state, location, report);
    if (state.Credentials !== undefined) report.notModelled('Field Credentials', `${location}/Credentials`);
    for (const field of ['TimeoutSeconds', 'HeartbeatSeconds']) {
      if (expressionIn(state[field]) === undefined) {
        checkInteger(state, field, { min: 1, max: SECONDS_MAX }, location, report);
      }
    }
    const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
    if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) {
      report.schema('HeartbeatSeconds must be smaller than TimeoutSeconds', `${location}/HeartbeatSeconds`);
    }
  },
  Wait(state, location, report) {
    const { Seconds: seconds, Timestamp: timestamp } = state;
    if ((seconds === undefined) === (timestamp === undefined)) {
      report.schema('Exactly one of these fields is required: [Seconds, Timestamp]', location);
    }
    if (expressionIn(seconds) === undefined) {
      checkInteger(state, 'Seconds', { min: 0, max: SECONDS_MAX }, location, report);
    }
    if (timestamp === undefined || expressionIn(timestamp) !== undefined) return;
    if (typeof timestamp !== 'string' || parseTimestamp(timestamp) === undefined) {
      report.schema('String does not match RFC3339 timestamp', `${location}/Timestamp`);
    }
  },
  Fail(state, location, report) {
    for (const field of ['Error', 'Cause']) {
      if (state[field] !== undefined && typeof state[field] !== 'string') {
        report.schema('Expected value of type String', `${location}/${field}`);
      }
    }
  },
};

/** Services with an optimized integration on AWS. Source: Developer Guide, "Integrating services". */
const OPTIMIZED_SERVICES = [
  'apigateway',
  'athena',
  'aws-sdk',
  'batch',
  'bedrock',
  'codebuild',
  'databrew',
  'dynamodb',
  'ecs',
  'eks',
  'elasticmapreduce',
  'emr-containers',
  'emr-serverless',
  'events',
  'glue',
  'http',
  'lambda',
  'mediaconvert',
  'sagemaker',
  'sns',
  'sqs',
  'states',
];

const INVOKE_ARGUMENTS = ['ClientContext', 'FunctionName', 'InvocationType', 'LogType', 'Payload', 'Qualifier'];

function checkResource(state: JsonObject, location: string, report: Report): void {
  const resource = String(state.Resource);
  const integration = integrationOf(resource);
  if (!integration) {
    const service = /^arn:aws:states:::([\w-]+):/.exec(resource)?.[1] ?? '';
    const isActivity = /^arn:aws:states:[\w-]+:\d{12}:activity:/.test(resource);
    const onAws = isActivity || (service !== 'lambda' && OPTIMIZED_SERVICES.includes(service));
    if (onAws) report.notModelled(`The resource ${resource}`, `${location}/Resource`);
    else {
      report.schema(
        `The resource provided ${resource} is not recognized. The value is not a valid resource ARN, or the resource ` +
          'is not available in this region.',
        `${location}/Resource`,
      );
    }
    return;
  }
  const { Arguments } = state;
  if (integration.requiredArguments.length === 0 || expressionIn(Arguments) !== undefined) return;
  const members = isObject(Arguments) ? Arguments : {};
  checkFields(members, INVOKE_ARGUMENTS, integration.requiredArguments, `${location}/Arguments`, report);
}
