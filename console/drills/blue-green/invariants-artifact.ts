/** Invariants 11–13: what was admitted is what serves, nothing else reaches a user, and nothing needed is deleted. */
import type { Colour, Evidence } from './evidence.ts';
import { exposures, liveAt, moment, usersOf } from './facts.ts';

/** 11: one digest in a colour that gets users, and the answers name it. */
export function oneDigestInAColour(evidence: Evidence): string[] {
  const mixed = evidence.samples.find(({ colours }) =>
    Object.values(colours).some(({ weight, digests }) => weight > 0 && digests.length > 1),
  );
  const sent = exposures(evidence);
  const lying = evidence.requests.find(
    ({ who, digest, release, colour, t }) =>
      who === 'user' &&
      digest !== null &&
      release !== null &&
      digest !== release &&
      t >= evidence.faultAt &&
      // Whom a person sent there nobody had looked at it for.
      (colour === liveAt(evidence, t).colour ||
        sent.some((each) => each.candidate === colour && each.from <= t && t < each.until)),
  );
  return [
    ...(mixed ? [`a colour with users ran two releases ${moment(evidence, mixed.t)}`] : []),
    ...(lying
      ? [`users got ${short(lying.release)}, which calls itself ${short(lying.digest)}, ${moment(evidence, lying.t)}`]
      : []),
    ...exposures(evidence).flatMap(({ candidate, from, until }) => {
      const releases = new Set(usersOf(evidence, candidate, from, until).flatMap(({ release }) => release ?? []));
      return releases.size > 1
        ? [`users of ${candidate} got ${releases.size} releases from ${moment(evidence, from)} on`]
        : [];
    }),
  ];
}

const short = (digest: string | null): string => digest?.slice(0, 15) ?? 'nothing';

/** 12: no user meets a release that is unsigned, unscanned or known to be dangerous. */
export function onlyAdmittedReleasesServe(evidence: Evidence): string[] {
  return evidence.pushes.flatMap(({ admissible, digests }) => {
    if (admissible) return [];
    const met = evidence.requests.find(({ who, release }) => who === 'user' && digests.includes(release ?? ''));
    return met ? [`users got ${short(met.release)} ${moment(evidence, met.t)}, which must not be admitted`] : [];
  });
}

/** 13: the image of what is live, and of what is kept for a rollback, is there to be pulled. */
export function neededImagesStay(evidence: Evidence): string[] {
  const gone = new Map<string, string>();
  for (const sample of evidence.samples) {
    const live = liveAt(evidence, sample.t);
    const { retained } = evidence.states.findLast(({ t }) => t <= sample.t) ?? {};
    const needed: readonly (readonly [string, { readonly colour: Colour; readonly digest: string }])[] = [
      ['live', live],
      ...(retained && retained.until > sample.t ? ([['kept', retained]] as const) : []),
    ];
    for (const [what, { digest }] of needed) {
      if (sample.images.includes(digest) || gone.has(digest)) continue;
      gone.set(digest, `the image of ${short(digest)}, which is ${what}, is gone ${moment(evidence, sample.t)}`);
    }
  }
  return [...gone.values()];
}
