/** KMS's operations that change what a key is called, and those that take keys and aliases away. Part of index.ts. */
import type { KMS } from '@aws-sdk/client-kms';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { aliasArn, type Key, type KmsContext, type KmsState, keyOf } from './state.ts';

type DeletionOperations = Pick<
  Operations<KMS, KmsState>,
  | 'UpdateKeyDescription'
  | 'DisableKeyRotation'
  | 'ScheduleKeyDeletion'
  | 'CancelKeyDeletion'
  | 'UpdateAlias'
  | 'DeleteAlias'
>;

/** ScheduleKeyDeletion API Reference, PendingWindowInDays. */
const WINDOW_DAYS = { min: 7, max: 30 };
const DAY_MS = 24 * 3_600_000;

export const deletionOperations: DeletionOperations = {
  UpdateKeyDescription(input, context) {
    changeable(context, input.KeyId).description = input.Description ?? '';
    return {};
  },

  DisableKeyRotation(input, context) {
    changeable(context, input.KeyId).rotation = false;
    return {};
  },

  ScheduleKeyDeletion(input, context) {
    const key = changeable(context, input.KeyId);
    const days = input.PendingWindowInDays ?? WINDOW_DAYS.max;
    if (days < WINDOW_DAYS.min || days > WINDOW_DAYS.max) {
      throw new AwsError('ValidationException', `PendingWindowInDays must be between 7 and 30, got ${days}`);
    }
    const at = context.now + days * DAY_MS;
    key.state = 'PendingDeletion';
    key.deletion = { at, timer: context.schedule('deleteKey', days * DAY_MS, { id: key.id }) };
    return { KeyId: key.arn, DeletionDate: new Date(at), KeyState: key.state, PendingWindowInDays: days };
  },

  CancelKeyDeletion(input, context) {
    const key = keyOf(context, input.KeyId);
    if (key.deletion === undefined) {
      throw new AwsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
    }
    context.cancel(key.deletion.timer);
    delete key.deletion;
    key.state = 'Disabled';
    return { KeyId: key.arn };
  },

  UpdateAlias(input, context) {
    const name = existingAlias(context, input.AliasName);
    context.state.aliases[name] = keyOf(context, input.TargetKeyId).id;
    return {};
  },

  DeleteAlias(input, context) {
    delete context.state.aliases[existingAlias(context, input.AliasName)];
    return {};
  },
};

/** Timer: the waiting period is over. Aliases go with their key. */
export function deleteKey({ id }: { id: string }, { state }: KmsContext): void {
  delete state.keys[id];
  for (const [name, target] of Object.entries(state.aliases)) if (target === id) delete state.aliases[name];
}

function changeable(context: KmsContext, keyId: string | undefined): Key {
  const key = keyOf(context, keyId);
  if (key.state !== 'PendingDeletion') return key;
  throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
}

function existingAlias(context: KmsContext, name = ''): string {
  if (context.state.aliases[name] !== undefined) return name;
  throw new AwsError('NotFoundException', `Alias ${aliasArn(context, name)} is not found.`);
}
