/** The forward rule as a custom resource: what is decided from what is there, and that CloudFormation always hears. */
import { beforeEach, describe, expect, it } from 'vitest';
import { planFor, type Seen, type Wanted } from '../../functions/core/decide.ts';
import { makeForwardRule } from '../../functions/core/forward-rule.ts';
import type { Forward, ListenerRule, ListenerRules, NewListenerRule } from '../../functions/shared/ports.ts';

const LISTENER = 'arn:aws:elasticloadbalancing:us-west-2:111111111111:listener/app/orders/1/a';
const OTHER_LISTENER = 'arn:aws:elasticloadbalancing:us-west-2:111111111111:listener/app/orders/1/b';
const OWNER = 'arn:aws:cloudformation:us-west-2:111111111111:stack/region/1/Rule';

const forward = (blue: number, green: number, stickySeconds = 0): Forward => ({
  targets: [
    { targetGroupArn: 'blue', weight: blue },
    { targetGroupArn: 'green', weight: green },
  ],
  stickySeconds,
});

const ruleArn = (listener: string, id: number) => `${listener.replace(':listener/', ':listener-rule/')}/${id}`;

const rule = (change: Partial<ListenerRule> = {}, listener = LISTENER, id = 1): ListenerRule => ({
  arn: ruleArn(listener, id),
  owner: OWNER,
  priority: 1,
  pathPatterns: ['/*'],
  forward: forward(100, 0),
  ...change,
});

const wanted: Wanted = {
  listenerArn: LISTENER,
  priority: 1,
  pathPatterns: ['/*'],
  targetGroupArns: { blue: 'blue', green: 'green' },
  initial: { weights: { blue: 100, green: 0 }, stickySeconds: 0 },
};

const plan = (seen: Partial<Seen>) =>
  planFor({ wanted, before: null, owner: OWNER, live: null, others: seen.live ? [seen.live] : [], ...seen });

describe('the plan', () => {
  it('makes the rule as the template first gives it', () => {
    const { listenerArn, priority, pathPatterns } = wanted;
    const sticky = { ...wanted, initial: { ...wanted.initial, stickySeconds: 600 } };
    expect(plan({ wanted: sticky })).toEqual({
      action: 'create',
      rule: { listenerArn, priority, pathPatterns, forward: forward(100, 0, 600) },
    });
  });

  it('takes a rule that it made before for its own, and another at its priority for in the way', () => {
    expect(plan({ others: [rule()] })).toEqual({ action: 'keep', arn: rule().arn });
    expect(plan({ others: [rule({ owner: null })] })).toMatchObject({ action: 'refuse' });
    expect(plan({ others: [rule({ owner: `${OWNER}Renamed` })] })).toMatchObject({ action: 'refuse' });
  });

  it('leaves weights and stickiness alone, whatever the template first gave', () => {
    const initial = { weights: { blue: 100, green: 0 }, stickySeconds: 600 };
    const live = rule({ forward: forward(10, 90, 30) });
    expect(plan({ wanted: { ...wanted, initial }, before: wanted, live })).toEqual({ action: 'keep', arn: live.arn });
  });

  it('sends only what the template changed, never the weights beside it', () => {
    const live = rule({ forward: forward(10, 90) });
    const changed = { ...wanted, priority: 5, pathPatterns: ['/api/*', '/*'] };
    expect(plan({ wanted: changed, before: wanted, live })).toEqual({
      action: 'change',
      arn: live.arn,
      change: { priority: 5, pathPatterns: ['/api/*', '/*'] },
    });
    expect(plan({ wanted: { ...changed, priority: 1 }, live: rule({ pathPatterns: ['/*', '/api/*'] }) })).toMatchObject(
      {
        action: 'keep',
      },
    );
  });

  it("gives a target group that was replaced its colour's live weight, and back again in a rollback", () => {
    const replaced = { ...wanted, targetGroupArns: { blue: 'blue', green: 'green-2' } };
    const live = rule({ forward: forward(10, 90, 30) });
    const after = plan({ wanted: replaced, before: wanted, live });
    const targets = [
      { targetGroupArn: 'blue', weight: 10 },
      { targetGroupArn: 'green-2', weight: 90 },
    ];
    expect(after).toMatchObject({ action: 'change', change: { forward: { targets, stickySeconds: 30 } } });
    const moved = rule({ forward: { targets, stickySeconds: 30 } });
    expect(plan({ wanted, before: replaced, live: moved })).toMatchObject({
      change: { forward: forward(10, 90, 30) },
    });
    expect(plan({ wanted, before: replaced, live })).toMatchObject({ action: 'keep' });
  });

  it('keeps a target group that somebody added, and brings back a colour without weight', () => {
    const targets = [
      { targetGroupArn: 'green', weight: 90 },
      { targetGroupArn: 'canary', weight: 10 },
    ];
    const live = rule({ forward: { targets, stickySeconds: 0 } });
    expect(plan({ before: wanted, live })).toMatchObject({
      change: { forward: { targets: [{ targetGroupArn: 'blue', weight: 0 }, ...targets] } },
    });
  });

  it('does not take down a maintenance page', () => {
    const live = rule({ forward: null });
    expect(plan({ before: wanted, live })).toMatchObject({ action: 'keep' });
    const moved = { ...wanted, listenerArn: OTHER_LISTENER };
    expect(plan({ wanted: moved, before: wanted, live, others: [] })).toMatchObject({ action: 'refuse' });
  });

  it('carries the live weights to a listener that was replaced, and back in a rollback', () => {
    const live = rule({ forward: forward(10, 90, 30) });
    const moved = { ...wanted, listenerArn: OTHER_LISTENER };
    expect(plan({ wanted: moved, before: wanted, live, others: [] })).toMatchObject({
      action: 'create',
      rule: { listenerArn: OTHER_LISTENER, forward: forward(10, 90, 30) },
    });
    const there = rule({ forward: forward(0, 100) }, OTHER_LISTENER, 2);
    expect(plan({ before: moved, live: there, others: [live] })).toMatchObject({
      action: 'change',
      arn: live.arn,
      change: { forward: forward(0, 100) },
    });
  });
});

/** Rules in memory, and everything that was sent to CloudFormation. */
class Balancer {
  rules: (ListenerRule & { listenerArn: string })[] = [];
  sent: { Status: string; Reason: string; PhysicalResourceId: string; RequestId: string }[] = [];
  /** Statuses that CloudFormation's address answers with first; null is no answer. */
  deaf: (number | null)[] = [];
  /** The next change happens and its answer is lost. */
  losing = false;
  silent = false;
  changes = 0;
  #next = 1;

  async #done(): Promise<void> {
    this.changes += 1;
    if (!this.losing) return;
    this.losing = false;
    throw new Error('the answer was lost');
  }

  readonly port: ListenerRules = {
    describe: async (arn) =>
      this.silent ? new Promise(() => {}) : (this.rules.find((one) => one.arn === arn) ?? null),
    of: async (listener) =>
      this.silent ? new Promise(() => {}) : this.rules.filter(({ listenerArn }) => listenerArn === listener),
    create: ({ listenerArn, ...rest }: NewListenerRule) => {
      this.rules.push({ ...rest, listenerArn, arn: ruleArn(listenerArn, this.#next++) });
      return this.#done();
    },
    change: (arn, change) => {
      this.rules = this.rules.map((one) => (one.arn === arn ? { ...one, ...change } : one));
      return this.#done();
    },
    remove: (arn) => {
      this.rules = this.rules.filter((one) => one.arn !== arn);
      return this.#done();
    },
  };

  readonly handle = makeForwardRule({
    rules: this.port,
    web: {
      send: async ({ body = '' }) => {
        const status = this.deaf.length > 0 ? (this.deaf.shift() as number | null) : 200;
        if (status === null) return null;
        if (status === 200) this.sent.push(JSON.parse(body));
        return { status, headers: {}, body: '' };
      },
    },
    config: { application: 'orders-prod', region: 'us-west-2' },
    log: { info: () => {}, warn: () => {} },
    clock: {
      now: () => 0,
      sleep: async () => {},
      // Work that does not end at once is taken to be over its time.
      within: async (_ms, work) => {
        const abort = new AbortController();
        const result = work(abort.signal);
        if (this.silent) abort.abort();
        return result;
      },
    },
  });
}

const properties = {
  ServiceToken: 'arn:aws:lambda:us-west-2:111111111111:function:keeper',
  ListenerArn: LISTENER,
  Priority: '1',
  PathPatterns: ['/*'],
  TargetGroupArns: { Blue: 'blue', Green: 'green' },
  Initial: { Weights: { Blue: '100', Green: '0' }, StickySeconds: '0' },
};

const ask = (RequestType: string, more: object = {}) => ({
  RequestType,
  ResponseURL: 'https://cloudformation.example.com/answer',
  StackId: OWNER.slice(0, OWNER.lastIndexOf('/')),
  RequestId: 'request',
  LogicalResourceId: 'Rule',
  ResourceType: 'Custom::ForwardRule',
  ResourceProperties: properties,
  ...more,
});

describe('the handler', () => {
  let balancer: Balancer;
  const [made] = [rule().arn];
  beforeEach(() => {
    balancer = new Balancer();
  });
  const update = (more: object = {}) =>
    ask('Update', { PhysicalResourceId: made, OldResourceProperties: properties, ...more });

  it('makes one rule, however often it is asked, and its id is the ARN', async () => {
    await balancer.handle(ask('Create'));
    await balancer.handle(ask('Create'));
    expect(balancer.sent.map(({ Status, PhysicalResourceId }) => [Status, PhysicalResourceId])).toEqual([
      ['SUCCESS', made],
      ['SUCCESS', made],
    ]);
    expect(balancer.rules).toMatchObject([{ owner: OWNER, priority: 1, forward: forward(100, 0) }]);
    expect(balancer.changes).toBe(1);
  });

  it('makes one rule when the answer to its creation is lost', async () => {
    balancer.losing = true;
    await balancer.handle(ask('Create'));
    expect(balancer.sent).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: made }]);
    expect(balancer.rules).toHaveLength(1);
  });

  it('lets live weights survive an update, a failed one and its rollback', async () => {
    await balancer.handle(ask('Create'));
    await balancer.port.change(made, { forward: forward(0, 100, 60) });
    const next = { ...properties, PathPatterns: ['/api/*'], TargetGroupArns: { Blue: 'blue', Green: 'green-2' } };
    balancer.losing = true;
    await balancer.handle(update({ ResourceProperties: next }));
    expect(balancer.rules).toMatchObject([{ pathPatterns: ['/api/*'] }]);
    await balancer.handle(update({ OldResourceProperties: next }));
    expect(balancer.rules).toEqual([{ ...rule({ forward: forward(0, 100, 60) }), listenerArn: LISTENER }]);
    expect(balancer.sent.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
  });

  it('makes the rule again when somebody deleted it, and says its new ARN', async () => {
    await balancer.handle(update({ PhysicalResourceId: ruleArn(LISTENER, 9) }));
    expect(balancer.sent).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: made }]);
  });

  it('deletes its rule, and says so too when it is gone already', async () => {
    await balancer.handle(ask('Create'));
    await balancer.handle(ask('Delete', { PhysicalResourceId: made }));
    await balancer.handle(ask('Delete', { PhysicalResourceId: made }));
    expect(balancer.rules).toEqual([]);
    expect(balancer.sent.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
  });

  it('finds the rule of a creation that failed half-way, and deletes nobody else’s', async () => {
    await balancer.handle(ask('Create'));
    balancer.rules.push({ ...rule({ owner: 'somebody' }, LISTENER, 7), listenerArn: LISTENER });
    await balancer.handle(ask('Delete', { PhysicalResourceId: OWNER }));
    expect(balancer.rules.map(({ owner }) => owner)).toEqual(['somebody']);
    await balancer.handle(ask('Delete', { PhysicalResourceId: ruleArn(LISTENER, 7) }));
    expect(balancer.rules).toHaveLength(1);
  });

  it('can be deleted with properties that no creation ever accepted', async () => {
    await balancer.handle(ask('Create', { ResourceProperties: { Priority: 'first' } }));
    await balancer.handle(
      ask('Delete', {
        PhysicalResourceId: balancer.sent[0]?.PhysicalResourceId,
        ResourceProperties: { Priority: 'first' },
      }),
    );
    expect(balancer.sent.map(({ Status }) => Status)).toEqual(['FAILED', 'SUCCESS']);
    expect(balancer.sent[0]?.Reason).toMatch(/ResourceProperties is refused: .*Priority.*"first"/);
  });

  it('answers FAILED, with who is in the way, when the priority is taken', async () => {
    balancer.rules.push({ ...rule({ owner: null }, LISTENER, 7), listenerArn: LISTENER });
    await balancer.handle(ask('Create'));
    expect(balancer.sent).toMatchObject([{ Status: 'FAILED', PhysicalResourceId: OWNER }]);
    expect(balancer.sent[0]?.Reason).toMatch(/ForwardRuleConflict: priority 1 is taken by .*\/7,/);
    expect(balancer.rules).toHaveLength(1);
  });

  it('answers FAILED when its time is nearly over', async () => {
    balancer.silent = true;
    await balancer.handle(update());
    expect(balancer.sent).toMatchObject([{ Status: 'FAILED', PhysicalResourceId: made }]);
    expect(balancer.sent[0]?.Reason).toMatch(/not done within 45 s/);
  });

  it('answers again when it was not heard, and has Lambda repeat all of it when it never is', async () => {
    balancer.deaf = [null, 503];
    await balancer.handle(ask('Create'));
    expect(balancer.sent).toHaveLength(1);
    balancer.deaf = [null, 503, null];
    await expect(balancer.handle(ask('Create'))).rejects.toThrow(/CloudFormation was not told SUCCESS: no answer/);
    balancer.deaf = [403];
    await balancer.handle(ask('Create'));
    expect(balancer.rules).toHaveLength(1);
  });
});
