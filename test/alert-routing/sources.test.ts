/** Every source through the one door: what its samples become, and that nothing which comes in is lost, whatever it is. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../functions/alert-routing/explain.ts';
import { alertKey } from '../../functions/alert-routing/keys.ts';
import { read } from '../../functions/alert-routing/read.ts';
import { Routing } from '../../functions/alert-routing/routing.ts';
import { tableOf } from '../../functions/alert-routing/table.ts';
import shipped from '../../infra/config/alert-routing.json' with { type: 'json' };
import { mutations, real, samples } from './samples.ts';

const NOW = Date.UTC(2026, 10, 20, 6);
const table = tableOf(Routing.parse(shipped));
const one = (kind: string, name: string) => {
  const { input } = samples.find((sample) => sample.kind === kind && sample.name === name)!;
  return read(input, { now: NOW }).signals[0]!;
};

/** kind/name: kind read, state, severity the source says, alert's name. */
const GOLDEN = `
alarm-contributor-transition/alarm: alarm-contributor-transition firing P2 orders-prod-queue-age
alarm-deletion/delete: alarm-deletion resolved - orders-prod-5xx
alarm-transition/back-to-ok: alarm-transition resolved P1 orders-prod-5xx
alarm-transition/composite: alarm-transition firing P0 orders-prod-outage
alarm-transition/insufficient-data: alarm-transition unknown - orders-prod-5xx
alarm-transition/metric-filter: alarm-transition firing P1 orders-prod-payment-failed
alarm-transition/metric: alarm-transition firing P1 orders-prod-5xx
alarm-transition/muted: alarm-transition firing - orders-prod-5xx
alarm-transition/suppressed: alarm-transition firing - orders-prod-outage
alertmanager-webhook/group: alertmanager-webhook firing P1 HighErrorRate, alertmanager-webhook resolved P1 HighErrorRate
backup-job/backup-running: nothing
backup-job/copy-completed: backup-job resolved P2 copy job
backup-job/copy-failed: backup-job firing P2 copy job
budget-alert/actual: budget-alert firing P3 budget orders-prod-monthly
canary-run/failure: canary-run firing P2 canary orders-checkout
canary-run/success: canary-run resolved P2 canary orders-checkout
config-violation/compliant: config-violation resolved P3 restricted-ssh
config-violation/violation: config-violation firing P3 restricted-ssh
cost-anomaly/anomaly: cost-anomaly firing P3 cost anomaly
execution-end/failed: execution-end firing P2 execution of orders-prod-backup-copy
execution-end/succeeded: execution-end resolved P2 execution of orders-prod-backup-copy
generic-alert/firing: generic-alert firing P2 Import failed
generic-alert/resolved: generic-alert resolved P2 Import failed
guardduty-finding/archived: guardduty-finding resolved P1 CryptoCurrency:EC2/BitcoinTool.B!DNS
guardduty-finding/high: guardduty-finding firing P1 CryptoCurrency:EC2/BitcoinTool.B!DNS
guardduty-finding/low: guardduty-finding firing P3 CryptoCurrency:EC2/BitcoinTool.B!DNS
health-event/closed: health-event resolved P1 AWS_ELASTICLOADBALANCING_OPERATIONAL_ISSUE
health-event/issue: health-event firing P1 AWS_ELASTICLOADBALANCING_OPERATIONAL_ISSUE
image-scan/clean: image-scan resolved P3 image scan of orders
image-scan/complete: image-scan resolved P3 image scan of orders-prod
image-scan/critical: image-scan firing P2 image scan of orders
image-scan/failed: image-scan firing P2 image scan of orders
inspector-finding/active: inspector-finding firing P1 PACKAGE_VULNERABILITY
inspector-finding/closed: inspector-finding resolved P1 PACKAGE_VULNERABILITY
operations-alert/heartbeat: operations-alert firing P0 Heartbeat
operations-alert/resolved: operations-alert resolved P1 Secret is stale
operations-alert/stale-secret: operations-alert firing P1 Secret is stale
rotation-outcome/failed: rotation-outcome firing P1 secret rotation
rotation-outcome/succeeded: rotation-outcome resolved P1 secret rotation
security-hub-finding/failed-control: security-hub-finding firing P2 security-control/EC2.13
security-hub-finding/passed-control: security-hub-finding resolved P2 security-control/EC2.13
security-hub-finding/two-findings: security-hub-finding firing P2 security-control/EC2.13, security-hub-finding firing P1 security-control/EC2.13
sentry-issue/assigned: nothing
sentry-issue/created: sentry-issue firing P2 Sentry orders
sentry-issue/resolved: sentry-issue resolved P2 Sentry orders
topic-message/alarm: alarm-transition firing - orders-prod-5xx
topic-message/budget: budget-alert firing P3 budget orders-prod-monthly
topic-message/confirmation: nothing
trail-violation/key-deletion: trail-violation firing P1 ScheduleKeyDeletion
trail-violation/open-security-group: trail-violation firing P2 AuthorizeSecurityGroupIngress
trail-violation/root-sign-in: trail-violation firing P1 ConsoleLogin
`.trim();

describe('the samples', () => {
  it('become these signals', () => {
    const lines = real.map(({ kind, name, input }) => {
      const { signals, problem } = read(input, { now: NOW });
      expect([kind, name, problem]).toEqual([kind, name, null]);
      const said = signals.map((signal) => `${signal.kind} ${signal.state} ${signal.severity ?? '-'} ${signal.name}`);
      return `${kind}/${name}: ${said.join(', ') || 'nothing'}`;
    });
    expect(lines).toEqual(GOLDEN.split('\n'));
  });

  it('that no reader takes go to the default owner with their input', () => {
    for (const { input } of samples.filter(({ sort }) => sort === 'reject')) {
      const { kind, signals, problem } = read(input, { now: NOW });
      expect(kind).toBe('unknown');
      expect(problem).not.toBeNull();
      expect(signals[0]?.raw).not.toBe('');
    }
  });
});

describe('one alert', () => {
  it('is the same by EventBridge and by SNS, when it ends and when it is deleted', () => {
    const alarm = one('alarm-transition', 'metric');
    const [topic, back, gone] = [
      one('topic-message', 'alarm'),
      one('alarm-transition', 'back-to-ok'),
      one('alarm-deletion', 'delete'),
    ];
    expect(topic.at).toBe(alarm.at);
    for (const other of [topic, back, gone]) expect(alertKey(other)).toBe(alertKey(alarm));
    expect(gone.at).toBeGreaterThan(back.at);
  });

  it.each([
    ['guardduty-finding', 'high', 'archived'],
    ['inspector-finding', 'active', 'closed'],
    ['canary-run', 'failure', 'success'],
    ['execution-end', 'failed', 'succeeded'],
    ['backup-job', 'copy-failed', 'copy-completed'],
    ['rotation-outcome', 'failed', 'succeeded'],
    ['config-violation', 'violation', 'compliant'],
    ['sentry-issue', 'created', 'resolved'],
    ['health-event', 'issue', 'closed'],
    ['generic-alert', 'firing', 'resolved'],
    ['operations-alert', 'stale-secret', 'resolved'],
  ])('of %s is ended by its own end', (kind, begins, ends) => {
    expect(alertKey(one(kind, begins))).toBe(alertKey(one(kind, ends)));
    expect(one(kind, ends).at).toBeGreaterThanOrEqual(one(kind, begins).at);
  });

  it('carries the mute of its source, with its end where that is known', () => {
    expect(one('alarm-transition', 'muted').muted?.until).toBe(Date.UTC(2026, 10, 20, 5));
    expect(one('alarm-transition', 'suppressed').muted).toEqual({ by: 'suppressed by Alarm', until: null });
  });
});

describe('input that nobody sends', () => {
  const list = mutations();

  it('of more than a thousand mutated samples never ends anything, and each is explained', () => {
    expect(list.length).toBeGreaterThan(1000);
    let unknown = 0;
    for (const { from, input } of list) {
      const explanation = explain(input, table, NOW, { aheadMs: 60_000 });
      const { kind, problem, signals } = explanation;
      // Nothing is lost: an alert, or a kind that is known to say nothing.
      const silent = ['backup-job', 'sentry-issue', 'topic-message', 'trail-violation', 'alertmanager-webhook'];
      expect([from, signals.length > 0 || silent.includes(kind)]).toEqual([from, true]);
      expect([from, kind === 'unknown']).toEqual([from, problem !== null]);
      for (const { signal, route, reasons } of signals) {
        expect([from, Number.isFinite(signal.at), signal.at <= NOW + 60_000]).toEqual([from, true, true]);
        expect(route.owner).not.toBe('');
        expect(reasons.length).toBeGreaterThan(0);
        expect(JSON.stringify(signal).length).toBeLessThan(120_000);
      }
      if (kind === 'unknown') unknown += 1;
    }
    expect(unknown).toBeGreaterThan(300);
    expect(unknown).toBeLessThan(list.length);
  });

  it.each([undefined, null, 0, [], '', '{', '[]', '"', 'hello', Number.NaN, { source: 1, 'detail-type': {} }])(
    'such as %j reaches the default owner',
    (input) => {
      const { signals } = explain(input, table, NOW);
      expect(signals).toHaveLength(1);
      expect(signals[0]?.route).toMatchObject({ id: 'default', owner: 'platform' });
      expect(signals[0]?.severity.value).toBe('P2');
    },
  );

  it('is kept without the secrets in it', () => {
    const event = {
      source: 'x',
      'detail-type': 'y',
      password: 'hunter2-hunter2',
      detail: {
        url: 'https://hooks.slack.com/services/T0/B0/abcdef',
        key: 'AKIAABCDEFGHIJKLMNOP',
        deep: { taskToken: 'AAAA-secret' },
      },
      text: 'Authorization: Bearer abcdefghijklmnop and https://user:pa55word@example.com/?token=tttttt',
    };
    const { signals } = read(event, { now: NOW });
    for (const secret of ['hunter2', 'abcdef', 'AKIAABC', 'AAAA-secret', 'pa55word', 'tttttt']) {
      expect(JSON.stringify(signals)).not.toContain(secret);
    }
    expect(signals[0]?.raw).toContain('[redacted]');
  });

  it('is understood without the secrets in its labels, its name and its resource', () => {
    const event = {
      version: '1',
      source: 'cron',
      name: 'Login with Bearer abcdefghijklmnop failed',
      resource: 'https://user:pa55word@example.com/login',
      state: 'firing',
      at: new Date(NOW).toISOString(),
      labels: { url: 'https://example.com/?token=tttttt', team: 'orders' },
    };
    const { kind, signals } = read(event, { now: NOW });
    expect([kind, signals[0]?.labels.team]).toEqual(['generic-alert', 'orders']);
    for (const secret of ['abcdefghijk', 'pa55word', 'tttttt']) expect(JSON.stringify(signals)).not.toContain(secret);
  });

  it('from a clock that is years ahead is ended by the next end', () => {
    const far = { ...(real.find(({ kind }) => kind === 'generic-alert')!.input as object), at: '2099-01-01T00:00:00Z' };
    expect(read(far, { now: NOW }).signals[0]?.at).toBe(NOW);
  });
});
