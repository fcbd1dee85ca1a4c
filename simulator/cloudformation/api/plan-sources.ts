/** Why a property changes, as a change set tells it: the template itself, a parameter, or another resource that changes. */
import type { ChangeSource, EvaluationType } from '@aws-sdk/client-cloudformation';
import { same } from '../differences.ts';
import { attributeReference, callIn } from '../intrinsics.ts';
import type { StackRun } from '../stack-run.ts';
import { variablesOf } from '../sub.ts';
import { isRecord, type Template } from '../template.ts';
import { sealedIn } from '../versions.ts';

export interface Source {
  readonly evaluation: EvaluationType;
  readonly source: ChangeSource;
  readonly entity?: string;
}

const DIRECT: Source = { evaluation: 'Static', source: 'DirectModification' };

/** At least one; DirectModification when nothing else explains it. `old` is the stack's present template. */
export function sourcesOf(run: StackRun, old: Template, logicalId: string, property: string): Source[] {
  const before = old.Resources[logicalId]?.Properties?.[property];
  const now = run.resources[logicalId]?.Properties?.[property];
  if (!same(before, now)) return [DIRECT];
  const values = sealedIn(run.cloud, run.record).values;
  const sources = [...referencesOf(now)].flatMap((reference): Source[] => {
    if (reference.includes('.')) return [{ evaluation: 'Dynamic', source: 'ResourceAttribute', entity: reference }];
    if (!Object.hasOwn(run.scope.parameters, reference)) {
      if (run.resources[reference] === undefined) return [];
      return [{ evaluation: 'Dynamic', source: 'ResourceReference', entity: reference }];
    }
    if (same(values[reference], run.scope.parameters[reference])) return [];
    return [{ evaluation: 'Static', source: 'ParameterReference', entity: reference }];
  });
  return sources.length > 0 ? sources : [DIRECT];
}

/** 'Name' of every Ref and 'Name.Attribute' of every GetAtt in a value. */
function referencesOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) referencesOf(item, found);
  if (!isRecord(value)) return found;
  const call = callIn(value, '');
  if (call?.name === 'Ref') found.add(String(call.argument));
  else if (call?.name === 'Fn::GetAtt') found.add(attributeReference(call.argument, '', String).join('.'));
  else if (call?.name === 'Fn::Sub') {
    const [text, given] = Array.isArray(call.argument) ? call.argument : [call.argument, {}];
    for (const name of variablesOf(String(text))) if (!Object.hasOwn((given ?? {}) as object, name)) found.add(name);
    referencesOf(given, found);
  } else for (const item of Object.values(value)) referencesOf(item, found);
  return found;
}
