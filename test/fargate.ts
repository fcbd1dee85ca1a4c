/** Production on Fargate, standing, for the drills of one test file: its own assembly, made before and removed after them. */
import { afterAll, beforeAll } from 'vitest';
import type { Deployed } from '../console/deployment/deploy.ts';
import { standUp } from '../console/deployment/stand-up.ts';
import { removeAssembly, synthesize } from '../console/deployment/synthesize.ts';

/** To be called once, where tests are declared. What it returns is to be called in a test. */
export function productionOnFargate(): () => Promise<Deployed> {
  let assembly: string | undefined;
  let standing: Promise<Deployed>;
  beforeAll(async () => {
    assembly = await synthesize('prod-fargate');
    standing = standUp(assembly, 'prod-fargate');
    await standing;
  });
  afterAll(() => {
    if (assembly !== undefined) removeAssembly(assembly);
  });
  return () => standing;
}
