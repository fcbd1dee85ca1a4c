/** Reading a synthesized template as the static check needs it: values as text, resources by reference, ARNs by region. */

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface SynthesizedStack {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly template: { readonly Resources?: Readonly<Record<string, Resource>> };
}

export const resourcesOf = ({ template }: SynthesizedStack): readonly (readonly [string, Resource])[] =>
  Object.entries(template.Resources ?? {});

/** The logical id that Ref or Fn::GetAtt points to; null for everything else. */
export function referenceOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: unknown; 'Fn::GetAtt'?: unknown };
  if (typeof Ref === 'string' && !Ref.startsWith('AWS::')) return Ref;
  const [id] = Array.isArray(attribute) ? attribute : String(attribute ?? '').split('.');
  return typeof id === 'string' && id !== '' ? id : null;
}

/**
 * The value as text, with what this stack itself makes written as {{logicalId}}. Null where it cannot be known without
 * deploying, such as an import: what cannot be read is not taken for harmless.
 */
export function textOf(value: unknown, stack: SynthesizedStack): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return null;
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': stack.region,
    'AWS::AccountId': stack.account,
  };
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown] };
  if (Ref !== undefined && Ref in pseudo) return pseudo[Ref] as string;
  if (Array.isArray(join) && Array.isArray(join[1])) {
    const parts = join[1].map((part) => textOf(part, stack));
    return parts.includes(null) ? null : parts.join(String(join[0]));
  }
  const id = referenceOf(value);
  return id !== null && stack.template.Resources?.[id] ? `{{${id}}}` : null;
}

/** Where each bucket of these stacks is: an ARN of S3 names no region. */
export function bucketRegions(stacks: readonly SynthesizedStack[]): ReadonlyMap<string, string> {
  const found = stacks.flatMap((stack) =>
    resourcesOf(stack).flatMap(([, { Type, Properties }]) => {
      const name = Type === 'AWS::S3::Bucket' ? textOf(Properties?.BucketName, stack) : null;
      return name === null ? [] : [[name, stack.region] as const];
    }),
  );
  return new Map(found);
}

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
