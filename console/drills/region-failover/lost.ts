/** Which regions nobody outside can use: what settles without them, and what is not asked of them. */
import type { Cloud } from '../../../simulator/cloud.ts';

/** Dark, or out of reach of every other region. */
export function isLost(cloud: Cloud, region: string): boolean {
  const { regions, faults } = cloud.state;
  return (
    faults.dark[region] === true ||
    regions.every((other) => other === region || !cloud.reaches(other, region) || !cloud.reaches(region, other))
  );
}
