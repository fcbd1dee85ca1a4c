/** A drill in a few sentences, as a person would tell it. */
import type { DrillResult } from '../../drill/result.ts';

const seconds = (value: number | null): string =>
  value === null ? 'an unknown time' : `${Math.round(value * 10) / 10} s`;

const ENDINGS: Readonly<Record<string, string>> = {
  undisturbed: 'Mainstay left everything as it was, and nobody had to be told.',
  held: 'Mainstay moved nothing and told people why.',
  asked: 'Mainstay moved nothing by itself and asked a person.',
  restored: 'Mainstay had begun to fence the writer, and put everything back exactly as it was.',
  incomplete: 'Mainstay passed the one-way step and could not prove that the application serves; a person was paged.',
};

export function storyOf(result: DrillResult): string {
  const { detectSeconds, decideSeconds, rtoSeconds, rpoSeconds, outcome, requests, invariants } = result;
  const broken = new Set(invariants.violated.map(({ id }) => id)).size;
  const ending =
    outcome === 'failed-over'
      ? [
          detectSeconds !== null && decideSeconds !== null
            ? `Mainstay acted ${seconds(detectSeconds)} after the fault and began the promotion ${seconds(decideSeconds)} later.`
            : 'Mainstay moved the application.',
          rtoSeconds === null
            ? 'No user noticed.'
            : `Users could write again ${seconds(rtoSeconds)} after the first lost write.`,
          `What was lost of the data is ${rpoSeconds === null ? 'unknown' : `the last ${seconds(rpoSeconds)}`}.`,
        ].join(' ')
      : (ENDINGS[outcome] ?? `It ended '${outcome}'.`);
  const lost = `${requests.failed} of ${requests.served + requests.failed} requests were lost.`;
  const judged =
    broken === 0
      ? `All ${invariants.checked.length} invariants held.`
      : `${broken} of ${invariants.checked.length} invariants were broken.`;
  return `${ending} ${lost} ${judged}`;
}
