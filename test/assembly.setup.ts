/**
 * Around the suite: bundles and synthesizes production once before it, for every drill in the tests to deploy; asks after
 * it whether all that production's roles are granted was used or explained.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removeAssembly, synthesize } from '../console/deployment/synthesize.ts';
import { checkPermissions } from './permissions.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Directory of the synthesized cloud assembly of production. */
    assembly: string;
    /** Directory in which each process notes which permissions its drills used. */
    permissions: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const assembly = await synthesize('prod');
  const permissions = join(assembly, '..', 'permissions');
  mkdirSync(permissions);
  project.provide('assembly', assembly);
  project.provide('permissions', permissions);
  return async () => {
    try {
      await checkPermissions(permissions);
    } finally {
      removeAssembly(assembly);
    }
  };
}
