/** Lets a scenario's acts happen: alarms by CloudWatch's own API, webhooks over the network, people with browsers. */
import { createHmac } from 'node:crypto';
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { addFault } from '../../../simulator/faults.ts';
import { networkOf } from '../../../simulator/runtime/network.ts';
import { type SnsState, sns } from '../../../simulator/services/sns.ts';
import { happen, ledgerOf } from '../../../simulator/world/index.ts';
import { makeAlarm, setAlarm } from '../../drill/alarms.ts';
import type { Act, Where } from './scenario.ts';
import { PLANTED, SECRETS, urlOf } from './scene.ts';

interface Stage {
  readonly cloud: Cloud;
  readonly configuration: Configuration;
}

/** Resolves when it is done, which may take virtual time: start it and let the clock run. */
export async function perform(act: Act, stage: Stage): Promise<void> {
  await (acts[act.do] as (act: Act, stage: Stage) => Promise<void>)(act, stage);
}

type Acts = { [K in Act['do']]: (act: Extract<Act, { do: K }>, stage: Stage) => Promise<void> };

/** Either serving region's, where a sender tells both. */
const regionsOf = (stage: Stage, where: Where | 'both' = 'first'): string[] =>
  where === 'both' ? [...stage.configuration.regions.serving] : [regionOf(stage, where)];

const regionOf = ({ configuration }: Stage, where: Where = 'first'): string =>
  configuration.regions.serving[where === 'first' ? 0 : 1];

const acts: Acts = {
  async alarm({ name, state, where, tags = {} }, stage) {
    const { cloud } = stage;
    const region = regionOf(stage, where);
    const { MetricAlarms = [] } = await cloud.call('cloudwatch', 'DescribeAlarms', { AlarmNames: [name] }, { region });
    if (MetricAlarms.length === 0) await makeAlarm(cloud, region, name, tags);
    await setAlarm(cloud, region, name, state);
  },
  async 'delete-alarm'({ name, where }, stage) {
    await stage.cloud.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [name] }, { region: regionOf(stage, where) });
  },
  async alertmanager({ alerts, resolved = false, where }, stage) {
    const { cloud } = stage;
    const at = new Date(cloud.now).toISOString();
    const status = resolved ? 'resolved' : 'firing';
    const body = JSON.stringify({
      version: '4',
      groupKey: '{}',
      truncatedAlerts: 0,
      status,
      receiver: 'mainstay',
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: 'https://alertmanager.example.com',
      alerts: alerts.map((labels, index) => ({
        status,
        labels,
        annotations: { summary: `${labels.alertname} of ${labels.instance}` },
        startsAt: at,
        endsAt: resolved ? at : '0001-01-01T00:00:00Z',
        generatorURL: 'https://prometheus.example.com',
        fingerprint: `${labels.alertname}-${labels.instance}-${index}`,
      })),
    });
    await postTo('alertmanager', body, stage, where);
  },
  async unreadable({ where }, stage) {
    await postTo('generic', JSON.stringify({ version: '7', source: 'somebody', token: PLANTED }), stage, where);
  },
  async budget({ text, where }, stage) {
    const region = regionOf(stage, where);
    const { topics } = stage.cloud.stateOf<SnsState>(sns, region);
    const TopicArn = Object.keys(topics).find((arn) => arn.includes('Budgets'));
    const caller = { kind: 'service', principal: 'budgets.amazonaws.com' } as const;
    await stage.cloud.call('sns', 'Publish', { TopicArn, Subject: 'AWS Budgets', Message: text }, { region, caller });
  },
  async 'follow-link'({ act }, { cloud }) {
    const links = ledgerOf(cloud).messages.flatMap((message) => message.links);
    const link = links.filter((each) => new URL(each).pathname === `/${act}`).at(-1);
    if (!link) throw new Error(`no message has a link to ${act}`);
    await post(cloud, link, 'by=ada&reason=it+is+known', {});
  },
  async sentry({ title, where }, stage) {
    const { cloud } = stage;
    const now = new Date(cloud.now).toISOString();
    const issue = {
      id: '1',
      shortId: 'ORDERS-1',
      title,
      level: 'error',
      status: 'unresolved',
      firstSeen: now,
      lastSeen: now,
    };
    const project = { id: '1', name: 'orders', slug: 'orders' };
    const body = JSON.stringify({ action: 'created', data: { issue: { ...issue, project } } });
    const signature = createHmac('sha256', SECRETS['webhook-sentry']).update(body).digest('hex');
    const url = `${urlOf(cloud, regionOf(stage, where), 'webhook')}sentry`;
    await post(cloud, url, body, { 'sentry-hook-signature': signature });
  },
  async automation({ value, where }, stage) {
    const Name = namesOf(stage.configuration).automationParameter;
    const input = { Name, Value: value, Overwrite: true };
    await stage.cloud.call('ssm', 'PutParameter', input, { region: regionOf(stage, where) });
  },
  async 'stop-escalations'({ where }, stage) {
    const { cloud, configuration } = stage;
    const region = regionOf(stage, where);
    const { account } = cloud.state;
    const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${namesOf(configuration).escalationWorkflow}`;
    const running = { stateMachineArn, statusFilter: 'RUNNING' } as const;
    const { executions = [] } = await cloud.call('states', 'ListExecutions', running, { region });
    if (executions.length === 0) throw new Error('no escalation runs that could be stopped');
    for (const { executionArn } of executions)
      await cloud.call('states', 'StopExecution', { executionArn }, { region });
  },
  async world({ event }, { cloud }) {
    await happen(cloud, event);
  },
  async dark({ where }, stage) {
    stage.cloud.goDark(regionOf(stage, where));
  },
  async parted(_act, stage) {
    for (const [from, to] of linksOf(stage)) await happen(stage.cloud, { do: 'cut', from, to });
  },
  async rejoined(_act, stage) {
    for (const [from, to] of linksOf(stage)) await happen(stage.cloud, { do: 'mend', from, to });
  },
  async fault({ fault }, { cloud }) {
    addFault(cloud, { ...fault, from: cloud.now });
  },
};

/** Between the serving regions, both ways. */
function linksOf({ configuration }: Stage): [string, string][] {
  const [first, second] = configuration.regions.serving;
  return [
    [first, second],
    [second, first],
  ];
}

/** To one region or both, at once; a region in the dark is not reached, and the sender of both does not mind. */
async function postTo(source: 'alertmanager' | 'generic', body: string, stage: Stage, where?: Where | 'both') {
  const { cloud } = stage;
  const secret = SECRETS[`webhook-${source}`];
  const sent = regionsOf(stage, where).map((region) =>
    post(cloud, `${urlOf(cloud, region, 'webhook')}${source}`, body, signed(body, secret, cloud.now)),
  );
  const outcomes = await Promise.allSettled(sent);
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed && outcomes.every(({ status }) => status === 'rejected')) throw (failed as PromiseRejectedResult).reason;
}

/** As a proxy in front of a sender signs (functions/alert-routing/authenticity.ts reads it). */
function signed(body: string, secret: string, now: number): Record<string, string> {
  const seconds = String(Math.floor(now / 1000));
  const digest = createHmac('sha256', secret).update(`v1:${seconds}:${body}`).digest('hex');
  return { 'x-mainstay-timestamp': seconds, 'x-mainstay-signature': `v1=${digest}` };
}

async function post(cloud: Cloud, url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const bytes = new TextEncoder().encode(body);
  const request = { from: 'internet', method: 'POST', url: new URL(url), headers, body: bytes };
  const { status } = await networkOf(cloud).send(request);
  if (status >= 300) throw new Error(`${new URL(url).pathname} answered ${status}`);
}
