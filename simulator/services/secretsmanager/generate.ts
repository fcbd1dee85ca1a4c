/** Random passwords, as GetRandomPassword and CloudFormation's GenerateSecretString make them; drawn from the seeded stream. */
import type { GetRandomPasswordRequest } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../errors.ts';
import type { Random } from '../../random.ts';

const classes = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const;
/** GetRandomPassword API reference. */
const LENGTH_DEFAULT = 32;

export type PasswordRules = GetRandomPasswordRequest;

/** A password of at least one character of each class, unless told otherwise. Throws InvalidParameterException. */
export function randomPassword(rules: PasswordRules, random: Random): string {
  const length = rules.PasswordLength ?? LENGTH_DEFAULT;
  const excluded = rules.ExcludeCharacters ?? '';
  const wanted = [
    rules.ExcludeLowercase ? '' : classes.lower,
    rules.ExcludeUppercase ? '' : classes.upper,
    rules.ExcludeNumbers ? '' : classes.digits,
    rules.ExcludePunctuation ? '' : classes.punctuation,
    rules.IncludeSpace ? ' ' : '',
  ].map((list) => [...list].filter((character) => !excluded.includes(character)));
  const available = wanted.filter((list) => list.length > 0);
  const required = (rules.RequireEachIncludedType ?? true) ? available : [];
  if (available.length === 0 || length < required.length) {
    throw new AwsError('InvalidParameterException', 'The password length or character types cannot be satisfied.');
  }
  const all = available.flat();
  const characters = required.map((list) => random.pick(list));
  while (characters.length < length) characters.push(random.pick(all));
  return shuffled(characters, random).join('');
}

function shuffled(characters: readonly string[], random: Random): string[] {
  const rest = [...characters];
  const result: string[] = [];
  while (rest.length > 0) result.push(...rest.splice(random.integer(rest.length), 1));
  return result;
}
