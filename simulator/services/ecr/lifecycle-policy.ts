/**
 * Lifecycle policies as pure functions of a repository: which images a policy expires now. ECR user guide, "How a lifecycle
 * policy works": rules are applied in the order of their priority; an image that matches the tagging requirements of a rule
 * is never expired by one of lower priority; a manifest that an index names goes only after the index.
 */
import { AwsError } from '../../errors.ts';
import { tagsOf } from './images.ts';
import { readManifest } from './manifests.ts';
import type { Image, Repository } from './state.ts';

export interface LifecycleRule {
  readonly rulePriority: number;
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged' | 'any';
    readonly tagPrefixList?: readonly string[];
    readonly tagPatternList?: readonly string[];
    readonly countType: 'imageCountMoreThan' | 'sinceImagePushed';
    readonly countUnit?: 'days';
    readonly countNumber: number;
  };
}

const invalid = (reason: string): AwsError =>
  new AwsError(
    'InvalidParameterException',
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${reason}'`,
  );

/** In order of priority. @throws AwsError InvalidParameterException */
export function parsePolicy(text: string): LifecycleRule[] {
  let rules: LifecycleRule[];
  try {
    ({ rules } = JSON.parse(text) as { rules: LifecycleRule[] });
  } catch {
    throw invalid('the text is not JSON');
  }
  if (!Array.isArray(rules) || rules.length === 0) throw invalid('there are no rules');
  for (const { rulePriority, selection } of rules) checkRule(rulePriority, selection);
  const sorted = rules.toSorted((a, b) => a.rulePriority - b.rulePriority);
  if (new Set(sorted.map(({ rulePriority }) => rulePriority)).size < sorted.length) {
    throw invalid('rule priorities must be unique');
  }
  const any = sorted.findIndex(({ selection }) => selection.tagStatus === 'any');
  if (any >= 0 && any < sorted.length - 1) throw invalid('the rule with tagStatus any must have the lowest priority');
  return sorted;
}

function checkRule(priority: number, selection: LifecycleRule['selection'] | undefined): void {
  if (!Number.isInteger(priority) || priority < 1) throw invalid('rulePriority must be a whole number from 1');
  const { tagStatus, tagPrefixList, tagPatternList, countType, countUnit, countNumber } = selection ?? {};
  if (!['tagged', 'untagged', 'any'].includes(tagStatus ?? '')) throw invalid(`tagStatus '${tagStatus}'`);
  const named = (tagPrefixList?.length ?? 0) + (tagPatternList?.length ?? 0) > 0;
  if (tagStatus === 'tagged' && !named) throw invalid('tagged needs tagPrefixList or tagPatternList');
  if (tagStatus !== 'tagged' && named) throw invalid(`${tagStatus} takes no list of tags`);
  if (!['imageCountMoreThan', 'sinceImagePushed'].includes(countType ?? '')) throw invalid(`countType '${countType}'`);
  if (countType === 'sinceImagePushed' && countUnit !== 'days') throw invalid('sinceImagePushed needs countUnit days');
  if (!Number.isInteger(countNumber) || (countNumber ?? 0) < 1) throw invalid('countNumber must be 1 or more');
}

const DAY_MS = 86_400_000;

/** Digests of the images that the policy expires at `now`. */
export function expiring(repository: Repository, rules: readonly LifecycleRule[], now: number): string[] {
  const images = Object.values(repository.images).toSorted((a, b) => b.pushedAt - a.pushedAt);
  const claimed = new Set<string>();
  const expired = new Set<string>();
  for (const { selection } of rules) {
    // Those of higher rules are counted as if they were still there, and are not this rule's to expire.
    const matching = images.filter((image) => matches(repository, image, selection));
    const over = matching.filter((image, index) =>
      selection.countType === 'imageCountMoreThan'
        ? index >= selection.countNumber
        : now - image.pushedAt > selection.countNumber * DAY_MS,
    );
    for (const { digest } of over) if (!claimed.has(digest)) expired.add(digest);
    for (const { digest } of matching) claimed.add(digest);
  }
  const held = new Set(images.filter(({ digest }) => !expired.has(digest)).flatMap(heldBy));
  return [...expired].filter((digest) => !held.has(digest));
}

/** What an image that stays keeps: the manifests of an index. A signature keeps nothing, and goes with its subject. */
const heldBy = ({ manifest }: Image): string[] =>
  (readManifest(manifest).manifests ?? []).map(({ digest = '' }) => digest);

function matches(repository: Repository, image: Image, selection: LifecycleRule['selection']): boolean {
  const tags = tagsOf(repository, image);
  if (selection.tagStatus === 'any') return true;
  if (selection.tagStatus === 'untagged') return tags.length === 0;
  const { tagPrefixList: prefixes = [], tagPatternList: patterns = [] } = selection;
  // An image must have a tag for each of them, not for one (user guide, "tagPrefixList").
  return (
    prefixes.every((prefix) => tags.some((tag) => tag.startsWith(prefix))) &&
    patterns.every((pattern) => tags.some((tag) => fits(pattern, tag)))
  );
}

function fits(pattern: string, tag: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+^${}()|[\]\\?]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(tag);
}
