/** Milder forms of a fault, for shrinking: shorter, and rarer. */
import type { Entry } from './schedule.ts';

/** A window below this is as short as it needs to be to be understood. */
const SECONDS_MIN = 5;
const PROBABILITY_MIN = 0.01;

/** The mildest first. */
export function milder<Act>(entry: Entry<Act>): Entry<Act>[] {
  return [0.25, 0.5].flatMap((part) => {
    const shorter = shortened(entry, part);
    const rarer = lessProbable(entry, part);
    return [shorter && lessProbable(shorter, part), shorter, rarer].filter((form) => form !== undefined);
  });
}

function shortened<Act>(entry: Entry<Act>, part: number): Entry<Act> | undefined {
  if (entry.lasts === null || entry.lasts * part < SECONDS_MIN) return undefined;
  return { ...entry, lasts: Math.round(entry.lasts * part * 10) / 10 };
}

function lessProbable<Act>(entry: Entry<Act>, part: number): Entry<Act> | undefined {
  const { fault } = entry;
  if (!fault || !('probability' in fault) || fault.probability === undefined) return undefined;
  const probability = Math.round(fault.probability * part * 1000) / 1000;
  return probability < PROBABILITY_MIN ? undefined : { ...entry, fault: { ...fault, probability } };
}
