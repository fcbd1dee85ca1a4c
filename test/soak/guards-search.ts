/**
 * Takes each guard out of Mainstay in turn and soaks what is left until something breaks: the proof that a soak which
 * finds nothing has looked. Prints a line of JSON for each guard. Started by `npm run soak:guards [-- <guard>…]`.
 */
import { standUp } from '../../console/deployment/stand-up.ts';
import { withAssembly } from '../../console/deployment/synthesize.ts';
import { type Drill, drills } from '../../console/drills/index.ts';
import { runSoakSeed } from '../../console/soak/seed.ts';
import { guards as releaseGuards } from '../blue-green/guards.ts';
import { guards } from '../region-failover/guards.ts';
import { deployWithout } from '../without-guard.ts';
import { moreGuards, type SearchedGuard } from './more-guards.ts';

const SEEDS_MAX = 1000;
const PROFILE = 'hostile';

const searchedIn = (drill: Drill, found: readonly SearchedGuard[]) => found.map((guard) => ({ ...guard, drill }));

const everyGuard = [
  ...searchedIn(drills['region-failover'], [
    ...guards.map(({ id, without, removals }) => ({ name: id, without, removals })),
    ...moreGuards,
  ]),
  ...searchedIn(
    drills['blue-green'],
    releaseGuards.map(({ id, without, removals }) => ({ name: `blue-green/${id}`, without, removals })),
  ),
];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !everyGuard.some((guard) => guard.name === name));
if (unknown !== undefined) {
  console.error(`guard: got '${unknown}'; use some of ${everyGuard.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const searched = everyGuard.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

const say = (text: string): void => console.error(text);

await withAssembly('prod', say, async (assembly) => {
  // The same must hold nothing against production as it is: then what is found is the missing guard.
  const whole = await standUp(assembly, 'prod');
  let found = 0;
  for (const { name, without, removals, drill } of searched) {
    say(`${name}: without ${without}`);
    const { cloud, configuration } = await deployWithout(removals, assembly);
    const soak = { drill, configuration, faults: { profile: PROFILE } };
    const line = { guard: name, without, seed: null as number | null, broken: [] as string[], seeds: 0 };
    for (let seed = 1; seed <= SEEDS_MAX && line.seed === null; seed++) {
      line.seeds = seed;
      const { invariants } = await runSoakSeed(cloud, soak, seed);
      if (invariants.violated.length === 0) continue;
      const { invariants: withAll } = await runSoakSeed(
        whole.cloud,
        { ...soak, configuration: whole.configuration },
        seed,
      );
      const broken = new Set(invariants.violated.map(({ id }) => id));
      for (const { id } of withAll.violated) broken.delete(id);
      if (broken.size > 0) Object.assign(line, { seed, broken: [...broken] });
    }
    found += line.seed === null ? 0 : 1;
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
  say(`${found} of ${searched.length} missing guards were found within ${SEEDS_MAX} seeds each`);
  if (found < searched.length) process.exitCode = 1;
});
process.exit();
