/** How a planned change looks in DescribeChangeSet (API Reference, DescribeChangeSet and ResourceChange). */
import type { Change, ResourceChange } from '@aws-sdk/client-cloudformation';

/** Values are told only to who asks for them by IncludePropertyValues. */
export function changeOutput(change: ResourceChange, withValues: boolean): Change {
  if (withValues) return { Type: 'Resource', ResourceChange: change };
  const { BeforeContext: _, AfterContext: __, Details: details = [], ...rest } = change;
  const Details = details.map(({ Target: target, ...detail }) => {
    const { Attribute, Name, RequiresRecreation } = target ?? {};
    return { ...detail, Target: { Attribute, ...(Name !== undefined && { Name }), RequiresRecreation } };
  });
  return { Type: 'Resource', ResourceChange: { ...rest, Details } };
}
