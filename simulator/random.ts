/**
 * Seeded randomness. One independent stream per name, so a new draw in one service does not shift another's.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand; public domain); its state is four plain numbers, so it forks
 * and saves with the rest of the cloud.
 */
export type RandomState = [number, number, number, number];

/** A stream of random draws. Durations are in the unit of their arguments. */
export class Random {
  readonly #state: RandomState;

  constructor(state: RandomState) {
    this.#state = state;
  }

  /** A number in [0, 1). */
  next(): number {
    const s = this.#state;
    const t = (((s[0] + s[1]) | 0) + s[3]) | 0;
    s[3] = (s[3] + 1) | 0;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = (s[2] + (s[2] << 3)) | 0;
    s[2] = (s[2] << 21) | (s[2] >>> 11);
    s[2] = (s[2] + t) | 0;
    return (t >>> 0) / 0x1_0000_0000;
  }

  /** A number in [min, max). */
  uniform(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  /** A draw from the triangular distribution (min, mode, max). */
  triangular(min: number, mode: number, max: number): number {
    const u = this.next();
    const cut = (mode - min) / (max - min);
    return u < cut
      ? min + Math.sqrt(u * (max - min) * (mode - min))
      : max - Math.sqrt((1 - u) * (max - min) * (max - mode));
  }

  /** An exponential draw with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** An integer in [0, below). */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('cannot pick from an empty list');
    return list[this.integer(list.length)] as T;
  }

  hex(length: number): string {
    let text = '';
    while (text.length < length) text += this.integer(0x10000).toString(16).padStart(4, '0');
    return text.slice(0, length);
  }

  /** A version 4 UUID drawn from this stream. */
  uuid(): string {
    const h = this.hex(32);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${(8 + this.integer(4)).toString(16)}${h.slice(17, 20)}-${h.slice(20)}`;
  }
}

/** The starting state of one named stream of a seed. The first draws are thrown away, as sfc32's author advises. */
export function seedStream(seed: number, stream: string): RandomState {
  const state: RandomState = [seed | 0, fnv1a(stream), fnv1a(`${stream}#${seed}`), 1];
  const random = new Random(state);
  for (let i = 0; i < 12; i++) random.next();
  return state;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
