/** What Mainstay did to the world in one drill, each as one word, for timelines and scenarios. */
import type { Effect } from '../../drill/result.ts';
import { type Authority, type Call, type Evidence, wasCarriedOut } from './evidence.ts';

/** Every effect, in order. Votes, metrics and Mainstay's own records change nothing and are left out. */
export function effectsOf(evidence: Evidence): Effect[] {
  const effects = [
    ...evidence.executions.map(({ from, region }) => ({ t: from, what: 'start', region })),
    ...evidence.authority.flatMap((version, index) => changeOf(evidence.authority[index - 1], version)),
    ...evidence.calls.flatMap(callEffect),
    ...evidence.messages.map(({ t, region, subject }) => ({ t, what: messageKind(subject), region })),
  ];
  return effects
    .sort((a, b) => a.t - b.t)
    .map((effect) => ({ ...effect, t: Math.round((effect.t - evidence.faultAt) * 10) / 10 }));
}

function changeOf(before: Authority | undefined, after: Authority): Effect[] {
  if (!before) return [];
  const region = after.claim?.target ?? before.claim?.target ?? after.holder;
  const change = `${before.phase} → ${after.phase}`;
  if (change === 'active → fencing') return [{ t: after.t, what: 'claim', region }];
  if (change === 'fencing → active') return [{ t: after.t, what: 'restore', region }];
  if (change === 'fencing → promoting') return [{ t: after.t, what: 'commit', region }];
  if (change === 'promoting → active') return [{ t: after.t, what: 'open writes', region }];
  if (before.claim && !after.claim) return [{ t: after.t, what: 'finish', region }];
  if (before.claim && after.claim && before.claim.executionArn !== after.claim.executionArn) {
    return [{ t: after.t, what: 'take over', region }];
  }
  return [];
}

const OPERATIONS: Readonly<Record<string, string>> = {
  'rds:FailoverGlobalCluster': 'promote',
  'rds:SwitchoverGlobalCluster': 'promote',
  'autoscaling:UpdateAutoScalingGroup': 'scale',
  'ecs:UpdateService': 'scale',
};

function callEffect(call: Call): Effect[] {
  const { t, region, service, operation, input } = call;
  if (!wasCarriedOut(call)) return [];
  const named = OPERATIONS[`${service}:${operation}`];
  if (named) return [{ t, what: named, region }];
  if (service === 'ssm' && operation === 'PutParameter') {
    const name = String(input.Name).split('/').at(-1) ?? '';
    if (name !== 'deployments') return [{ t, what: name === 'database' ? 'configure' : 'consumers', region }];
    const frozen = (JSON.parse(String(input.Value)) as { frozen?: boolean }).frozen === true;
    return [{ t, what: frozen ? 'freeze' : 'thaw', region }];
  }
  if (service === 's3' && input.Key === 'moved' && (operation === 'PutObject' || operation === 'DeleteObject')) {
    return [{ t, what: 'latch', region }];
  }
  return [];
}

/** By the subjects of functions/region-failover/messages.ts; CloudWatch's own mails begin with the alarm's new state. */
function messageKind(subject: string): string {
  if (/^(ALARM|OK|INSUFFICIENT_DATA): "/.test(subject)) return 'alarm mail';
  if (/Answer by/.test(subject)) return 'ask';
  if (/NOT moved|declined/.test(subject)) return 'tell held';
  if (/undone/.test(subject)) return 'tell undone';
  if (/INCOMPLETE/.test(subject)) return 'page';
  if (/moved from/.test(subject)) return 'tell moved';
  return 'tell';
}
