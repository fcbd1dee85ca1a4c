/** Numbers and booleans that a template wrote as text, for API inputs whose shape is the property's. Used by tables beside it. */

/** Only text that can be nothing else: names and ids that look like numbers are the caller's to keep out. */
export function withTypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTypes);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withTypes(member)]));
  }
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
