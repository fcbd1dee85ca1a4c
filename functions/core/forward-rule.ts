/**
 * Makes the listener rule that says which colour serves, and afterwards changes only what the template owns of it: its
 * priority, its conditions, and target groups that were replaced. Weights and stickiness are runtime data (DESIGN
 * decision 6): an update, and the rollback of a failed one, leave them as they are. Started by: CloudFormation, as a
 * custom resource of the region stack.
 */
import { awsListenerRules } from '../shared/aws/listener-rules.ts';
import { CoreConfig } from '../shared/config.ts';
import { type Ask, answering, type Outcome } from '../shared/custom-resource.ts';
import { ReadBackUnsafe } from '../shared/errors.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { ListenerRules, Web } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { type Plan, planFor } from './decide.ts';
import { ForwardRuleConflict } from './errors.ts';
import { ForwardRule, isRuleArn } from './properties.ts';

type Ports = { readonly rules: ListenerRules; readonly web: Web } & Surroundings<CoreConfig>;

/** The function has a minute (infra/stacks/core/forward-rule.ts); the rest is for the answer. */
const WORK_MS_MAX = 45_000;

export const makeForwardRule = (ports: Ports) =>
  answering(ports, WORK_MS_MAX, (ask, signal) =>
    ask.requestType === 'Delete' ? remove(ports.rules, ask) : keep(ports.rules, ask, signal),
  );

async function keep(rules: ListenerRules, ask: Ask, signal: AbortSignal): Promise<Outcome> {
  const { owner, physicalId } = ask;
  const wanted = parse(ForwardRule, ask.properties, 'ResourceProperties');
  const before = ask.requestType === 'Update' ? parse(ForwardRule, ask.oldProperties, 'OldResourceProperties') : null;
  const look = async (): Promise<Plan> => {
    const live = isRuleArn(physicalId) ? await rules.describe(physicalId) : null;
    return planFor({ wanted, before, owner, live, others: await rules.of(wanted.listenerArn) });
  };
  const plan = await look();
  signal.throwIfAborted();
  // A lost answer is an error here and a rule there: what is read back decides.
  const fault = await carryOut(rules, plan, owner).then(
    () => null,
    (error: unknown) => error,
  );
  const left = fault === null && plan.action === 'keep' ? plan : await look();
  if (left.action !== 'keep') throw fault ?? new ReadBackUnsafe(`the rule still needs: ${JSON.stringify(left)}`);
  return { physicalId: left.arn, said: `${plan.action}: ${left.arn}` };
}

async function carryOut(rules: ListenerRules, plan: Plan, owner: string): Promise<void> {
  switch (plan.action) {
    case 'refuse':
      throw new ForwardRuleConflict(plan.why);
    case 'create':
      return rules.create({ ...plan.rule, owner });
    case 'change':
      return rules.change(plan.arn, plan.change);
    case 'keep':
  }
}

/** Only what this resource made; a rule that is gone already is well. */
async function remove(rules: ListenerRules, { physicalId, properties, owner }: Ask): Promise<Outcome> {
  // A creation that failed half-way has no ARN to tell; its rule is found by whose it is.
  const listener = ForwardRule.safeParse(properties).data?.listenerArn;
  const known = isRuleArn(physicalId) ? [await rules.describe(physicalId)] : listener ? await rules.of(listener) : [];
  const ours = known.filter((rule) => rule !== null).filter((rule) => rule.owner === owner);
  for (const { arn } of ours) await rules.remove(arn);
  const said = ours.length > 0 ? `deleted ${ours.map(({ arn }) => arn)}` : 'nothing of this resource was there';
  return { physicalId: physicalId ?? owner, said };
}

export const handler = lambda({
  slug: 'core',
  config: CoreConfig,
  ports: (config, clock) => ({ rules: awsListenerRules(config), web: fetchWeb(clock) }),
  make: makeForwardRule,
});
