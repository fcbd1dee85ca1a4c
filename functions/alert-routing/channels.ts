/** The channels of the routing configuration over the ports: render, send, read the answer. Never throws, as a channel must not. */
import type { Clock } from '../shared/clock.ts';
import type { Mail, Secrets, Topics, Web } from '../shared/ports.ts';
import type { RouterConfig } from './config.ts';
import type { Intent } from './incident.ts';
import { linkUrl } from './links.ts';
import type { Channel, Delivery } from './ports.ts';
import { renderEmail } from './render/email.ts';
import { interpretPagerduty, renderPagerduty } from './render/pagerduty.ts';
import type { Actions, ProviderAnswer, ProviderRequest } from './render/request.ts';
import { interpretSlack, isGone, renderSlack, type SlackTarget } from './render/slack.ts';
import { renderSns } from './render/sns.ts';
import { interpretWebhook, renderWebhook } from './render/webhook.ts';
import type { ChannelConfig, Routing } from './routing.ts';

export interface ChannelPorts {
  readonly web: Web;
  readonly secrets: Secrets;
  readonly mail: Mail;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly config: RouterConfig;
  /** By which Slack's first message of an incident is found again. */
  readonly posts: Posts;
}

export interface Posts {
  find(incident: string, channel: string): Promise<string | null>;
  note(incident: string, channel: string, ts: string): Promise<void>;
}

/** A provider has this long; the lease of a message is longer. */
const ANSWER_MS_MAX = 8_000;

/** Of the secret that signs links. */
export const LINKS_SECRET = 'alert-routing/links';

/** How long a link in a message can be used. */
const LINK_MS = 24 * 3_600_000;

export const channelsOf = (ports: ChannelPorts, channels: Routing['channels']): Record<string, Channel> =>
  Object.fromEntries(
    Object.entries(channels).map(([id, config]) => [id, channelOf(id, config, { ...ports, channels })]),
  );

function channelOf(id: string, channel: ChannelConfig, context: Context): Channel {
  const deliver = senders[channel.kind];
  return {
    async send(intent) {
      try {
        return await deliver(id, channel, intent, context);
      } catch (error) {
        return refusalOf(error as Error & { $fault?: string });
      }
    },
  };
}

/** What AWS refused as it stands will not get better; everything else may. The name says enough, the message may not. */
function refusalOf({ name, $fault }: Error & { $fault?: string }): Delivery {
  return $fault === 'client'
    ? { outcome: 'refused', detail: name }
    : { outcome: 'pending', detail: name, retryAfterSeconds: null };
}

/** The ports, and all channels: a heartbeat is carried by another one. */
type Context = ChannelPorts & { readonly channels: Routing['channels'] };

type Sender = (id: string, channel: ChannelConfig, intent: Intent, context: Context) => Promise<Delivery>;

const senders: Readonly<Record<ChannelConfig['kind'], Sender>> = {
  async pagerduty(_id, channel, intent, ports) {
    const routingKey = await secretOf(channel, ports);
    const actions = await actionsFor(intent, ports);
    return interpretPagerduty(await ask(renderPagerduty(intent, { routingKey, actions, url: channel.target }), ports));
  },
  async slack(id, channel, intent, ports) {
    const token = await secretOf(channel, ports);
    const { incident } = intent;
    // Not to know is to post again, which tells twice and loses nothing.
    const ts = await ports.posts.find(incident, id).catch(() => null);
    const target = { channel: channel.target, token, ts, actions: await actionsFor(intent, ports) };
    const say = async (to: SlackTarget) => interpretSlack(await ask(renderSlack(intent, to), ports));
    const changed = await say(target);
    const { ts: posted, ...delivery } = ts !== null && isGone(changed) ? await say({ ...target, ts: null }) : changed;
    if (posted !== null && posted !== ts) await ports.posts.note(incident, id, posted).catch(() => {});
    return delivery;
  },
  async email(_id, channel, intent, ports) {
    const { mailFrom } = ports.config;
    const domain = mailFrom.slice(mailFrom.indexOf('@') + 1);
    const actions = await actionsFor(intent, ports);
    await ports.mail.send(renderEmail(intent, { to: channel.target, domain, actions }));
    return { outcome: 'accepted', detail: 'taken by SES' };
  },
  async webhook(id, channel, intent, ports) {
    const secret = channel.secret === null ? null : await secretOf(channel, ports);
    const url = channel.target.replace('{region}', ports.config.region);
    return interpretWebhook(
      await ask(renderWebhook(intent, { url, secret, at: ports.clock.now(), receiver: id }), ports),
    );
  },
  async sns(_id, channel, intent, ports) {
    const topicArn = ports.config.topics[channel.target];
    if (topicArn === undefined) return { outcome: 'refused', detail: `no topic ${channel.target} here` };
    await ports.topics.publish(renderSns(intent, { topicArn }));
    return { outcome: 'accepted', detail: 'taken by SNS' };
  },
  async heartbeat(id, channel, intent, context) {
    const delivery = channel.through && (await carry(id, channel.through, intent, context));
    const isCarried = !delivery || delivery.outcome === 'accepted' || delivery.outcome === 'confirmed';
    return isCarried ? senders.webhook(id, channel, intent, context) : delivery;
  },
};

/** To nobody, under one key for ever, and without a group: then there are no links, for nobody is to act on it. */
async function carry(
  id: string,
  { channel: name, ...own }: NonNullable<ChannelConfig['through']>,
  intent: Intent,
  context: Context,
): Promise<Delivery> {
  const carrier = context.channels[name];
  if (!carrier) return { outcome: 'refused', detail: `no channel ${name} to carry it` };
  const carried = { ...intent, group: '', incident: `heartbeat-${context.config.region}` };
  return senders[carrier.kind](id, { ...carrier, ...own }, carried, context);
}

async function secretOf({ secret }: ChannelConfig, { secrets, config }: ChannelPorts): Promise<string> {
  const [newest = ''] = await secrets.read(`${config.secretPrefix}${secret}`);
  return newest;
}

function ask({ url, headers, body }: ProviderRequest, { web }: ChannelPorts): Promise<ProviderAnswer> {
  return web.send({ method: 'POST', url, headers, body, timeoutMs: ANSWER_MS_MAX });
}

/** Without the secret there are no links; the message goes all the same. */
async function actionsFor({ incident, group }: Intent, { secrets, config, clock }: ChannelPorts): Promise<Actions> {
  const { linksUrl, secretPrefix } = config;
  if (linksUrl === null || group === '') return { acknowledgeUrl: null, silenceUrl: null };
  try {
    const [secret = ''] = await secrets.read(`${secretPrefix}${LINKS_SECRET}`);
    const expiresAt = clock.now() + LINK_MS;
    const link = (act: 'acknowledge' | 'silence') => linkUrl(linksUrl, { act, group, incident, expiresAt }, secret);
    return { acknowledgeUrl: link('acknowledge'), silenceUrl: link('silence') };
  } catch {
    return { acknowledgeUrl: null, silenceUrl: null };
  }
}
