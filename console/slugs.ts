/** The capabilities that can be named on the command line. */
import { UsageProblem } from './problem.ts';

export const SLUGS = ['region-failover', 'blue-green', 'alert-routing'] as const;
export type Slug = (typeof SLUGS)[number];

/** Throws UsageProblem for a slug that is not there. */
export function checkSlug(text: string): asserts text is Slug {
  if (!(SLUGS as readonly string[]).includes(text)) {
    throw new UsageProblem(`slug: got '${text}'; use one of ${SLUGS.join(', ')}`);
  }
}
