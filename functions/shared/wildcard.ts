/** Text patterns in which * stands for any text, as EventBridge's `wildcard` and ECR's tag patterns have them. Pure. */
export function fitsWildcard(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
