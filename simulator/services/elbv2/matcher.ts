/** HTTP codes as a target group's matcher writes them: '200', '200,202', '200-299'. Used by health checks. */

export function matchesCode(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [from = '', to = from] = part.split('-');
    return status >= Number(from) && status <= Number(to);
  });
}
