/** The shipped routing table, by what it does: a change of the table is a change of these lines. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, explained } from '../../functions/alert-routing/explain.ts';
import { Routing } from '../../functions/alert-routing/routing.ts';
import { tableOf } from '../../functions/alert-routing/table.ts';
import shipped from '../../infra/config/alert-routing.json' with { type: 'json' };
import { real } from './samples.ts';
import { HOUR, MINUTE, routing, START, signal, World } from './world.ts';

const table = tableOf(Routing.parse(shipped));
/** A Friday, 22:00 in Los Angeles. */
const NIGHT = Date.UTC(2026, 10, 21, 6);

function line(kind: string, name: string, input: unknown): string {
  const told = explain(input, table, NIGHT, { aheadMs: 4 * 24 * HOUR }).signals.map((one) => {
    const first = one.notifications[0];
    const when = first ? `+${Math.round((first.at - NIGHT) / MINUTE)} min ${first.channel}` : 'nobody';
    return `${one.severity.value} ${one.route.id} ${one.route.owner} ${when}`;
  });
  return `${kind}/${name}: ${told.join(', ') || 'nothing'}`;
}

describe('the shipped table, on a Friday night', () => {
  it('routes every sample like this', () => {
    expect(real.map(({ kind, name, input }) => line(kind, name, input))).toMatchInlineSnapshot(`
      [
        "alarm-contributor-transition/alarm: P2 default platform +3540 min slack",
        "alarm-deletion/delete: P2 default platform nobody",
        "alarm-transition/back-to-ok: P1 orders orders nobody",
        "alarm-transition/composite: P0 orders orders +0 min pagerduty-outage",
        "alarm-transition/insufficient-data: P2 default platform nobody",
        "alarm-transition/metric-filter: P1 orders orders +1 min pagerduty",
        "alarm-transition/metric: P1 orders orders +1 min pagerduty",
        "alarm-transition/muted: P2 default platform +3540 min slack",
        "alarm-transition/suppressed: P2 default platform +3540 min slack",
        "alertmanager-webhook/group: P1 default platform +1 min pagerduty, P1 default platform nobody",
        "backup-job/backup-running: nothing",
        "backup-job/copy-completed: P2 default platform nobody",
        "backup-job/copy-failed: P2 default platform +3540 min slack",
        "budget-alert/actual: P3 cost finance +3540 min email",
        "canary-run/failure: P2 default platform +3540 min slack",
        "canary-run/success: P2 default platform nobody",
        "config-violation/compliant: P3 security security nobody",
        "config-violation/violation: P3 security security +3540 min email",
        "cost-anomaly/anomaly: P3 cost finance +3540 min email",
        "execution-end/failed: P2 default platform +3540 min slack",
        "execution-end/succeeded: P2 default platform nobody",
        "generic-alert/firing: P2 default platform +3540 min slack",
        "generic-alert/resolved: P2 default platform nobody",
        "guardduty-finding/archived: P1 security security nobody",
        "guardduty-finding/high: P1 security security nobody",
        "guardduty-finding/low: P3 security security nobody",
        "health-event/closed: P1 default platform nobody",
        "health-event/issue: P1 default platform +1 min pagerduty",
        "image-scan/clean: P3 security security nobody",
        "image-scan/complete: P3 security security nobody",
        "image-scan/critical: P2 security security +3540 min slack",
        "image-scan/failed: P2 security security +3540 min slack",
        "inspector-finding/active: P1 security security +1 min pagerduty",
        "inspector-finding/closed: P1 security security nobody",
        "operations-alert/heartbeat: P0 heartbeat platform nobody",
        "operations-alert/resolved: P1 mainstay platform nobody",
        "operations-alert/stale-secret: P1 mainstay platform +1 min pagerduty",
        "rotation-outcome/failed: P1 default platform +1 min pagerduty",
        "rotation-outcome/succeeded: P1 default platform nobody",
        "security-hub-finding/failed-control: P2 security security +3540 min slack",
        "security-hub-finding/passed-control: P2 security security nobody",
        "security-hub-finding/two-findings: P2 security security +3540 min slack, P1 security security +1 min pagerduty",
        "sentry-issue/assigned: nothing",
        "sentry-issue/created: P2 default platform +3540 min slack",
        "sentry-issue/resolved: P2 default platform nobody",
        "topic-message/alarm: P2 default platform +3540 min slack",
        "topic-message/budget: P3 cost finance +3540 min email",
        "topic-message/confirmation: nothing",
        "trail-violation/key-deletion: P1 security security nobody",
        "trail-violation/open-security-group: P2 security security nobody",
        "trail-violation/root-sign-in: P1 security security nobody",
      ]
    `);
  });

  it('lets nothing of P0 or P1 go without owner and runbook', () => {
    for (const { input } of real) {
      for (const { severity, route } of explain(input, table, NIGHT).signals) {
        if (severity.value === 'P0' || severity.value === 'P1') expect(route.runbookUrl).not.toBeNull();
      }
    }
  });
});

describe('alert-routing/18: what is explained', () => {
  it('is what is done: the same messages under the same keys at the same times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const, 'P3' as const),
        fc.integer({ min: 0, max: 7 * 24 * 60 }),
        async (severity, minute) => {
          const world = new World(routing());
          world.now = START + minute * MINUTE;
          // What is foreseen is what comes when nobody confirms.
          for (const provider of Object.values(world.providers))
            provider.answer = () => ({ outcome: 'accepted', detail: '' });
          const one = signal({ severity, at: world.now });
          const { notifications } = explained(one, world.table, world.now, { aheadMs: 4 * HOUR });
          await world.take(one);
          await world.until(START + minute * MINUTE + 4 * HOUR);
          const did = world.sent.map(({ at, channel, action, key, intent }) => ({
            at,
            channel,
            action,
            key,
            reason: intent.reason,
          }));
          const order = (list: typeof did) => [...list].sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
          expect(order(did)).toEqual(order([...notifications]));
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});
