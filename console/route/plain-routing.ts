/** The routing of `mainstay route` without a configuration: everything to one webhook, grouped by the alert's name. */
import type { Routing } from '../../functions/alert-routing/routing.ts';

export interface PlainOptions {
  readonly waitSeconds?: number;
  readonly intervalSeconds?: number;
  readonly quietSeconds?: number;
  readonly groupBy?: readonly string[];
}

/** A graver alert would need a second channel and a runbook: nothing here comes out graver than P2. */
export function plainRouting(webhook: string, options: PlainOptions = {}): Routing {
  const { waitSeconds = 30, intervalSeconds = 300, quietSeconds = 60, groupBy = ['name'] } = options;
  const policy = {
    channels: ['webhook'],
    waitSeconds,
    intervalSeconds,
    repeatSeconds: 14_400,
    hours: 'always',
    starts: 'opening',
    confirmSeconds: null,
    escalation: null,
    acknowledgedSeconds: 14_400,
  } as const;
  const plain = { ...policy, channels: [...policy.channels] };
  return {
    application: 'local',
    owners: { operations: { name: 'Operations', contact: 'operations', channels: [] } },
    defaultOwner: 'operations',
    severities: [],
    defaultSeverity: 'P2',
    routes: [
      {
        id: 'default',
        when: {},
        owner: 'operations',
        runbookUrl: null,
        graphUrl: null,
        groupBy: [...groupBy],
        severities: ['P2', 'P3'],
        quietSeconds,
      },
    ],
    policies: { P0: plain, P1: plain, P2: plain, P3: plain },
    escalations: {},
    channels: {
      webhook: {
        kind: 'webhook',
        provider: 'webhook',
        target: webhook,
        secret: null,
        ratePerMinute: 60_000,
        burst: 10_000,
        reservedForP0: 100,
        overflow: 'digest',
      },
    },
    calendars: {},
    inhibitions: [],
    remediations: [],
    flap: { firings: 6, windowSeconds: 3600, quietSeconds: Math.max(quietSeconds, 600) },
    silence: { secondsMax: 30 * 86_400, noticeSeconds: 600 },
    recheckSeconds: 5,
    sourceMuteSecondsMax: 3600,
    inhibitHoldSeconds: 0,
  };
}
