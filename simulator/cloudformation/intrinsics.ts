/**
 * Evaluates a value of a template: walks it and answers every intrinsic function, by the CloudFormation Template
 * Reference, "Intrinsic function reference". Started by the stack engine for conditions, properties and outputs.
 */
import { NotModelled } from '../errors.ts';
import { availabilityZones } from './availability-zones.ts';
import { holdsCondition } from './conditions.ts';
import { NO_VALUE, type Scope } from './scope.ts';
import { expandSub } from './sub.ts';
import { isRecord, templateError } from './template.ts';
import * as text from './text-functions.ts';

/** How a function sees its surroundings. */
export interface Site {
  readonly scope: Scope;
  /** Where the function stands in the template. */
  readonly path: string;
  /** Evaluates an argument. */
  evaluate(value: unknown): unknown;
}

/**
 * The value with all its functions answered. Throws AwsError ValidationError naming the place when one cannot be,
 * NotModelled for functions that the simulator lacks.
 */
export function evaluate(value: unknown, scope: Scope, path: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item, index) => evaluate(item, scope, `${path}.${index}`));
    return items.includes(NO_VALUE) ? items.filter((item) => item !== NO_VALUE) : items;
  }
  if (!isRecord(value)) return value;
  const call = callIn(value, path);
  if (call !== undefined) return answer(call, scope, path);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const evaluated = evaluate(item, scope, `${path}.${key}`);
    if (evaluated !== NO_VALUE) result[key] = evaluated;
  }
  return result;
}

interface Call {
  readonly name: string;
  readonly argument: unknown;
}

/** The function call that this object is, or undefined for a plain object. */
export function callIn(value: Readonly<Record<string, unknown>>, path: string): Call | undefined {
  const keys = Object.keys(value);
  const name = keys.find((key) => key === 'Ref' || key.startsWith('Fn::'));
  if (name === undefined) return undefined;
  if (keys.length > 1) {
    // A property may well be called Ref; only a function's own name cannot stand beside others.
    if (name === 'Ref') return undefined;
    throw templateError(path, `${name} must stand alone, found beside it: ${keys.filter((key) => key !== name)}`);
  }
  return { name, argument: value[name] };
}

function answer(call: Call, scope: Scope, path: string): unknown {
  const run = FUNCTIONS[call.name];
  if (run === undefined) throw new NotModelled(`${call.name} is not modelled (at ${path})`);
  return run(call.argument, siteAt(scope, path));
}

/** A place in the template. */
export const siteAt = (scope: Scope, path: string): Site => ({
  scope,
  path,
  evaluate: (value) => evaluate(value, scope, path),
});

const FUNCTIONS: Readonly<Record<string, (argument: unknown, site: Site) => unknown>> = {
  Ref: (argument, site) => reference(expectText(argument, 'Ref', site), site),
  'Fn::GetAtt': getAttribute,
  'Fn::Sub': substitute,
  'Fn::If': choose,
  'Fn::And': (argument, site) => holdsCondition({ 'Fn::And': argument }, site),
  'Fn::Or': (argument, site) => holdsCondition({ 'Fn::Or': argument }, site),
  'Fn::Not': (argument, site) => holdsCondition({ 'Fn::Not': argument }, site),
  'Fn::Equals': (argument, site) => holdsCondition({ 'Fn::Equals': argument }, site),
  'Fn::FindInMap': findInMap,
  'Fn::GetAZs': (argument, site) => {
    const region = site.evaluate(argument);
    return availabilityZones(String(region === '' ? site.scope.pseudo['AWS::Region'] : region));
  },
  'Fn::ImportValue': (argument, site) => {
    const name = expectText(site.evaluate(argument), 'Fn::ImportValue', site);
    const value = site.scope.importValue(name);
    if (value === undefined) throw templateError(site.path, `No export named ${name} found`);
    return value;
  },
  'Fn::GetStackOutput': getStackOutput,
  'Fn::Join': (argument, site) => text.join(site.evaluate(argument), site.path),
  'Fn::Split': (argument, site) => text.split(site.evaluate(argument), site.path),
  'Fn::Select': (argument, site) => text.select(site.evaluate(argument), site.path),
  'Fn::Base64': (argument, site) =>
    Buffer.from(expectText(site.evaluate(argument), 'Fn::Base64', site), 'utf8').toString('base64'),
  'Fn::Cidr': (argument, site) => text.cidr(site.evaluate(argument), site.path),
  'Fn::Length': (argument, site) => {
    needExtensions('Fn::Length', site);
    return text.length(site.evaluate(argument), site.path);
  },
  'Fn::ToJsonString': (argument, site) => {
    needExtensions('Fn::ToJsonString', site);
    return JSON.stringify(site.evaluate(argument));
  },
};

/** What Ref answers: a pseudo parameter, a parameter, or a resource's physical id. */
function reference(name: string, site: Site): unknown {
  const { scope } = site;
  if (Object.hasOwn(scope.pseudo, name)) return scope.pseudo[name];
  if (Object.hasOwn(scope.parameters, name)) return scope.parameters[name];
  const resource = scope.resource(name);
  if (resource === undefined) throw templateError(site.path, `Unresolved resource dependencies [${name}]`);
  return resource.physicalId;
}

function getAttribute(argument: unknown, site: Site): unknown {
  const [logicalId, attribute] = attributeReference(argument, site.path, site.evaluate);
  return attributeOf(logicalId, attribute, site);
}

/** The two parts of a GetAtt in any of its forms: 'A.b.c', ['A', 'b.c']. */
export function attributeReference(
  argument: unknown,
  path: string,
  evaluateArgument: (value: unknown) => unknown,
): [logicalId: string, attribute: string] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    if (dot > 0) return [argument.slice(0, dot), argument.slice(dot + 1)];
  } else if (Array.isArray(argument) && argument.length >= 2) {
    const [logicalId, ...attribute] = argument.map(evaluateArgument);
    if (typeof logicalId === 'string') return [logicalId, attribute.join('.')];
  }
  throw templateError(path, 'Fn::GetAtt needs a logical id and an attribute name');
}

function attributeOf(logicalId: string, attribute: string, site: Site): unknown {
  const resource = site.scope.resource(logicalId);
  if (resource === undefined) throw templateError(site.path, `Unresolved resource dependencies [${logicalId}]`);
  const value = resource.attributes[attribute];
  if (value === undefined) {
    const known = Object.keys(resource.attributes).join(', ') || 'none';
    throw templateError(
      site.path,
      `resource ${logicalId} (${resource.type}) has no attribute ${attribute} for Fn::GetAtt; it has: ${known}`,
    );
  }
  return value;
}

function substitute(argument: unknown, site: Site): string {
  const [template, given] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof template !== 'string' || !isRecord(given)) {
    throw templateError(site.path, 'Fn::Sub needs a text, or a list of a text and a map of variables');
  }
  return expandSub(template, (name) => {
    const value = Object.hasOwn(given, name) ? site.evaluate(given[name]) : variable(name, site);
    if (value === NO_VALUE || (typeof value === 'object' && value !== null)) {
      throw templateError(site.path, `variable ${name} of Fn::Sub is not text`);
    }
    return String(value);
  });
}

function variable(name: string, site: Site): unknown {
  const dot = name.indexOf('.');
  return dot < 0 ? reference(name, site) : attributeOf(name.slice(0, dot), name.slice(dot + 1), site);
}

function choose(argument: unknown, site: Site): unknown {
  if (!Array.isArray(argument) || argument.length !== 3) {
    throw templateError(site.path, 'Fn::If needs a condition, a value if true and a value if false');
  }
  return site.evaluate(holdsCondition({ Condition: argument[0] }, site) ? argument[1] : argument[2]);
}

function findInMap(argument: unknown, site: Site): unknown {
  const list: unknown[] = Array.isArray(argument) ? argument : [];
  const options = list[3];
  if (list.length < 3 || (list.length > 3 && !site.scope.template.languageExtensions)) {
    throw templateError(
      site.path,
      'Fn::FindInMap needs a map name and two keys (a default needs AWS::LanguageExtensions)',
    );
  }
  const [map, first, second] = list.slice(0, 3).map((item) => String(site.evaluate(item))) as [string, string, string];
  const value = site.scope.template.Mappings[map]?.[first]?.[second];
  if (value !== undefined) return value;
  if (isRecord(options) && 'DefaultValue' in options) return site.evaluate(options.DefaultValue);
  throw templateError(site.path, `Unable to get mapping for ${map}::${first}::${second}`);
}

function getStackOutput(argument: unknown, site: Site): unknown {
  const request = site.evaluate(argument);
  if (!isRecord(request)) throw templateError(site.path, 'Fn::GetStackOutput needs StackName and OutputName');
  if (request.RoleArn !== undefined) throw new NotModelled(`Fn::GetStackOutput with RoleArn (at ${site.path})`);
  const region = String(request.Region ?? site.scope.pseudo['AWS::Region']);
  const [stackName, outputName] = [String(request.StackName), String(request.OutputName)];
  const value = site.scope.stackOutput(region, stackName, outputName);
  if (value === undefined) {
    throw templateError(site.path, `stack ${stackName} in ${region} has no output ${outputName}`);
  }
  return value;
}

function needExtensions(name: string, site: Site): void {
  if (!site.scope.template.languageExtensions) {
    throw templateError(site.path, `${name} needs Transform: AWS::LanguageExtensions`);
  }
}

function expectText(value: unknown, name: string, site: Site): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateError(site.path, `${name} needs text, found ${JSON.stringify(value)}`);
}
