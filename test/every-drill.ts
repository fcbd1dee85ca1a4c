/** Which drills the suite runs: a sample of each capability's, or with MAINSTAY_EVERY_DRILL=1 every one (`npm run test:every-drill`). */

/** Throws for a name of the sample that is not there. */
export function inSuite<T>(
  all: readonly (readonly [string, T])[],
  sample: readonly string[],
): (readonly [string, T])[] {
  const missing = sample.find((name) => !all.some(([each]) => each === name));
  if (missing !== undefined) throw new Error(`the sample names '${missing}', which is no drill`);
  return all.filter(([name]) => process.env.MAINSTAY_EVERY_DRILL === '1' || sample.includes(name));
}
