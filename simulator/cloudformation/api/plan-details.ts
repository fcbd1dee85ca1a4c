/** The details of one planned change: which property, from what to what, why, and whether it drifted (ResourceChangeDetail). */
import type { ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import type { Difference } from '../differences.ts';
import { hideSecrets } from '../dynamic-references.ts';
import { modelFor } from '../resource-work.ts';
import type { Applied } from '../snapshots.ts';
import type { StackRun } from '../stack-run.ts';
import type { ResourceRecord } from '../state.ts';
import type { Template } from '../template.ts';
import type { Drift } from './drift.ts';
import { sourcesOf } from './plan-sources.ts';

export interface Compared {
  readonly before: Applied;
  readonly after: Applied;
  readonly difference: Difference;
  readonly drift: Drift | undefined;
}

/** `old` is the stack's present template. What is secret is hidden. */
export function detailsOf(
  run: StackRun,
  old: Template,
  record: ResourceRecord,
  compared: Compared,
): ResourceChangeDetail[] {
  const properties = [...compared.difference.changed].flatMap((name) => {
    const target = targetOf(run, record, name, compared);
    return sourcesOf(run, old, record.logicalId, name).map(({ evaluation, source, entity }) => ({
      Target: target,
      Evaluation: evaluation,
      ChangeSource: source,
      ...(entity !== undefined && { CausingEntity: entity }),
    }));
  });
  const others = [...compared.difference.scope]
    .filter((scope) => scope !== 'Properties' && scope !== 'Tags')
    .map(
      (Attribute): ResourceChangeDetail => ({
        Target: { Attribute, RequiresRecreation: 'Never' },
        Evaluation: 'Static',
        ChangeSource: 'DirectModification',
      }),
    );
  return [...properties, ...others];
}

function targetOf(
  run: StackRun,
  record: ResourceRecord,
  name: string,
  { before, after, difference, drift }: Compared,
): ResourceChangeDetail['Target'] {
  const isTags = name === modelFor(run, record.type).updates?.tags;
  const drifted = drift?.differences.some(({ path }) => path.split('/')[1] === name) ?? false;
  const [was, will] = [before.properties[name], after.properties[name]];
  return {
    Attribute: isTags ? 'Tags' : 'Properties',
    ...(!isTags && { Name: name }),
    Path: isTags ? '/Tags' : `/Properties/${name}`,
    RequiresRecreation: difference.replacing.includes(name) ? 'Always' : 'Never',
    BeforeValue: valueText(run, was),
    AfterValue: valueText(run, will),
    AttributeChangeType: was === undefined ? 'Add' : will === undefined ? 'Remove' : 'Modify',
    ...(drifted && {
      Drift: { PreviousValue: valueText(run, was), ActualValue: valueText(run, drift?.actual?.[name]) },
    }),
  };
}

const valueText = (run: StackRun, value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  const shown = hideSecrets(value, run.secrets);
  return typeof shown === 'string' ? shown : JSON.stringify(shown);
};

/** BeforeContext and AfterContext. */
export const contextText = (
  run: StackRun,
  { properties, metadata, deletionPolicy, updateReplacePolicy }: Applied,
): string =>
  JSON.stringify({
    Properties: hideSecrets(properties, run.secrets),
    Metadata: metadata,
    DeletionPolicy: deletionPolicy,
    UpdateReplacePolicy: updateReplacePolicy,
  });
