/** Before the suite: bundles and synthesizes production once; every drill in the tests deploys that assembly. */
import type { TestProject } from 'vitest/node';
import { removeAssembly, synthesize } from '../console/deployment/synthesize.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Directory of the synthesized cloud assembly of production. */
    assembly: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const assembly = await synthesize('prod');
  project.provide('assembly', assembly);
  return () => removeAssembly(assembly);
}
