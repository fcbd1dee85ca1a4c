/** What people read. Pure; used by `notify`, `admit` and `reconcile`, about how a release ended and whether there is a way back. */

interface Told {
  readonly subject: string;
  readonly message: string;
}

interface About {
  readonly application: string;
  readonly region: string;
  readonly runbookUrl: string;
}

const ENDINGS: Readonly<Record<string, { readonly subject: string; readonly means: string }>> = {
  committed: { subject: 'released', means: 'All users have the new release. The old one is kept for a rollback.' },
  held: { subject: 'release not begun', means: 'Nothing was changed. Ask for it again when the reason is gone.' },
  halted: {
    subject: 'RELEASES HALTED',
    means: 'Things are not as they were left. A person must look before the next release.',
  },
  aborted: { subject: 'release aborted', means: 'No user was sent to it.' },
  superseded: { subject: 'release superseded', means: 'A newer one takes its place. No user was sent to it.' },
  yielded: { subject: 'release postponed', means: 'Deployments are frozen. It begins again when they are not.' },
  'rolled-back': { subject: 'release ROLLED BACK', means: 'All users have the old release again.' },
  returned: { subject: 'returned to the release before', means: 'All users have the release before again.' },
  'rollback-failed': {
    subject: 'ROLLBACK FAILED',
    means: 'Users may still be sent to the new release. Go to the runbook now: set the weights by hand.',
  },
  drifted: {
    subject: 'WEIGHTS CHANGED',
    means:
      'Somebody else changed which users get which release; these are the weights now. No release begins until the listener says what was committed. Go to the runbook.',
  },
  'rollback-unready': {
    subject: 'ROLLBACK NOT READY',
    means:
      'The release before is kept, and users could not be sent back to it now. Machines that are missing are started.',
  },
  'rollback-ready': {
    subject: 'rollback ready again',
    means: 'Users could be sent back to the release before at once.',
  },
  refused: { subject: 'release refused', means: 'It was never prepared.' },
};

export function endMessage(
  { application, region, runbookUrl }: About,
  end: {
    readonly outcome: string;
    readonly releaseId: string;
    readonly digest: string;
    readonly reasons: readonly string[];
  },
): Told {
  const { subject, means } = ENDINGS[end.outcome] ?? { subject: end.outcome, means: '' };
  const lines = [
    means,
    '',
    `Application: ${application} in ${region}`,
    `Release: ${end.releaseId}`,
    `Digest: ${end.digest}`,
    ...end.reasons.map((reason) => `- ${reason}`),
    '',
    `Runbook: ${runbookUrl}`,
  ];
  return { subject: `${application}: ${subject} (${region})`, message: lines.join('\n') };
}
