/**
 * Lets a scenario happen on a cloud, second by second: its acts when they are due, watched until it is over, and then
 * until the world has settled. What acts are, and when it is over, a slug says.
 */
import type { Cloud } from '../../simulator/cloud.ts';

export interface Play<Act> {
  readonly acts: readonly (Act & { readonly afterSeconds: number })[];
  /** How long it is watched, unless it is over sooner. */
  readonly seconds: number;
  /** After it is over it is watched on for so long, so that a late wrong step is seen. */
  readonly afterwardsSeconds: number;
  /** Does it now; true when it is done, false when it must be tried again in a moment. */
  readonly perform: (act: Act) => Promise<boolean>;
  /** Whether an act that waits for one exact moment must be done at this very instant; false for every other act. */
  readonly isDue: (act: Act) => boolean;
  /** Asked once every act is done. */
  readonly isOver: () => boolean;
  /** Called after each second. */
  readonly look: () => void;
}

/** Returns whether it ended because it was over, and stayed so for all of `afterwardsSeconds`. */
export async function play<Act>(cloud: Cloud, scene: Play<Act>): Promise<boolean> {
  const startedAt = cloud.now;
  const waiting = [...scene.acts];
  let overSince: number | undefined;
  const elapsed = () => (cloud.now - startedAt) / 1000;
  while (elapsed() < scene.seconds) {
    const ready = waiting.filter(({ afterSeconds }) => afterSeconds <= elapsed());
    await cloud.runUntil(cloud.now + 1000, () => ready.some(scene.isDue));
    for (const act of waiting.filter(({ afterSeconds }) => afterSeconds <= elapsed())) {
      if (await cloud.resolve(scene.perform(act))) waiting.splice(waiting.indexOf(act), 1);
    }
    scene.look();
    overSince = waiting.length === 0 && scene.isOver() ? (overSince ?? elapsed()) : undefined;
    if (overSince !== undefined && elapsed() - overSince >= scene.afterwardsSeconds) return true;
  }
  return false;
}

/** Nothing may be unsettled for so long before the world counts as settled. */
const STEADY_SECONDS = 30;

/** Runs until nothing is unsettled. Returns why it has not settled in time; null when it has. */
export async function settle(
  cloud: Cloud,
  withinSeconds: number,
  unsettled: () => string | null,
  look: () => void,
): Promise<string | null> {
  let because: string | null = null;
  let quiet = 0;
  for (let passed = 0; passed < withinSeconds && quiet < STEADY_SECONDS; passed++) {
    await cloud.advance(1000);
    look();
    because = unsettled();
    quiet = because === null ? quiet + 1 : 0;
  }
  return because;
}
