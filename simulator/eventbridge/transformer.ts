/**
 * What a target receives: the event, a constant (Input), a part (InputPath) or a template (InputTransformer). Used by
 * delivery.ts. EventBridge user guide, "Amazon EventBridge input transformation".
 */
import type { InputTransformer } from '@aws-sdk/client-eventbridge';
import type { EventRecord } from './state.ts';

export interface InputSource {
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?: InputTransformer | undefined;
}

export interface RuleNames {
  readonly ruleArn: string;
  readonly ruleName: string;
  /** ISO time, second precision. */
  readonly ingestionTime: string;
}

const RESERVED = [
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
];
const VARIABLE = /<([^<>\s]+)>/g;
const PATHS_MAX = 100;
const TEMPLATE_MAX = 8_192;

/** Throws RangeError with AWS's reason when a target's input settings are not valid. */
export function checkInput(target: InputSource & { readonly Id?: string | undefined }): void {
  const given = [target.Input, target.InputPath, target.InputTransformer].filter((part) => part !== undefined);
  if (given.length > 1) {
    throw new RangeError(`Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`);
  }
  if (target.Input !== undefined && !isJson(target.Input)) {
    throw new RangeError(`JSON syntax error in input for target ${target.Id}.`);
  }
  if (target.InputPath !== undefined) parsePath(target.InputPath);
  if (target.InputTransformer) checkTransformer(target.InputTransformer, target.Id);
}

function checkTransformer(transformer: InputTransformer, id: string | undefined): void {
  const paths = transformer.InputPathsMap ?? {};
  const template = transformer.InputTemplate ?? '';
  if (template.length < 1 || template.length > TEMPLATE_MAX) {
    throw new RangeError(`InputTemplate for target ${id} must be of 1 to ${TEMPLATE_MAX} characters.`);
  }
  if (Object.keys(paths).length > PATHS_MAX) throw new RangeError(`InputPathsMap for target ${id} has too many paths.`);
  for (const [name, path] of Object.entries(paths)) {
    if (name.startsWith('AWS.')) throw new RangeError(`InputPathsMap for target ${id} contains reserved key ${name}.`);
    parsePath(path);
  }
  for (const [, name = ''] of template.matchAll(VARIABLE)) {
    if (!(name in paths) && !RESERVED.includes(name)) {
      throw new RangeError(`InputTemplate for target ${id} contains invalid placeholder ${name}.`);
    }
  }
}

/** The text that the target receives. */
export function targetInput(source: InputSource, event: EventRecord, names: RuleNames): string {
  if (source.Input !== undefined) return source.Input;
  if (source.InputPath !== undefined) return JSON.stringify(valueAt(source.InputPath, event) ?? null);
  if (source.InputTransformer) return transform(source.InputTransformer, event, names);
  return JSON.stringify(event);
}

function transform(transformer: InputTransformer, event: EventRecord, names: RuleNames): string {
  const template = transformer.InputTemplate ?? '';
  const paths = transformer.InputPathsMap ?? {};
  const { detail, 'detail-type': detailType, ...envelope } = event;
  const value = (name: string): unknown => {
    switch (name) {
      case 'aws.events.rule-arn':
        return names.ruleArn;
      case 'aws.events.rule-name':
        return names.ruleName;
      case 'aws.events.event.ingestion-time':
        return names.ingestionTime;
      case 'aws.events.event':
        return { ...envelope, detailType };
      case 'aws.events.event.json':
        return event;
      default:
        return paths[name] === undefined ? undefined : valueAt(paths[name], event);
    }
  };
  return template.replace(VARIABLE, (whole, name: string, at: number) => {
    if (!(name in paths) && !RESERVED.includes(name)) return whole;
    return insideQuotes(template, at) ? asText(value(name)) : asJson(value(name));
  });
}

/** Whether a place of the template lies between two quotes that are not escaped. */
function insideQuotes(template: string, at: number): boolean {
  let inside = false;
  for (let i = 0; i < at; i++) {
    if (template[i] === '\\') i++;
    else if (template[i] === '"') inside = !inside;
  }
  return inside;
}

/** Standing free, a string gets quotes; a path that leads nowhere leaves nothing. */
const asJson = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

/**
 * Within a quoted text: strings as they are, JSON-escaped; objects and arrays without their quotes, as EventBridge
 * inserts them (user guide, "Common issues with transforming input").
 */
function asText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
  return JSON.stringify(value).replaceAll('"', '');
}

type PathStep = string | number | '*';

/** The part of JSONPath that EventBridge takes: $.name, ['name'], [0], [*]. Throws RangeError for anything else. */
function parsePath(path: string): PathStep[] {
  if (!path.startsWith('$')) throw new RangeError(`Invalid JSONPath: ${path}`);
  const steps: PathStep[] = [];
  const step = /\.([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)"|(\d+)|(\*))\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!match) throw new RangeError(`Invalid JSONPath: ${path}`);
    steps.push(match[4] === undefined ? (match[1] ?? match[2] ?? match[3] ?? '*') : Number(match[4]));
  }
  return steps;
}

function valueAt(path: string, event: unknown): unknown {
  const walk = (value: unknown, steps: readonly PathStep[]): unknown => {
    const [step, ...rest] = steps;
    if (step === undefined) return value;
    if (value === null || typeof value !== 'object') return undefined;
    if (step === '*') {
      return Object.values(value)
        .map((item) => walk(item, rest))
        .filter((item) => item !== undefined);
    }
    return Object.hasOwn(value, step) ? walk((value as Record<PathStep, unknown>)[step], rest) : undefined;
  };
  return walk(event, parsePath(path));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
