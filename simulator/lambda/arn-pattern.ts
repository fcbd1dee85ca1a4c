/** ArnLike, as far as resource policies of functions need it. */

/** Each of the six parts is matched by itself; * stands for any text, ? for one character (IAM User Guide, "ARN condition operators"). */
export function arnMatches(pattern: string, arn: string): boolean {
  const wanted = partsOf(pattern);
  const given = partsOf(arn);
  return wanted.every((part, i) => wildcard(part).test(given[i] ?? ''));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
