/**
 * Lets people acknowledge or silence from a message, by its signed link: a GET shows a form and does nothing, the POST of
 * that form acts. Started by: its function URL, infra/wiring.ts "acknowledge".
 */
import { secretsManager } from '../shared/aws/secrets.ts';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { Queue, Secrets } from '../shared/ports.ts';
import { LINKS_SECRET } from './channels.ts';
import { RouterConfig, tableIn } from './config.ts';
import { InvalidSignature } from './errors.ts';
import type { ItemStore } from './item-store.ts';
import { withAcknowledgement } from './ledger.ts';
import { type Link, readLink } from './links.ts';
import type { Peers } from './peers.ts';
import { recordTo } from './record.ts';
import { escapeHtml } from './render/email.ts';
import { settle } from './settle.ts';
import { sharedItems } from './shared-items.ts';
import { checkSilence } from './silence.ts';
import type { Table } from './table.ts';
import { askToFollow, wakeAt } from './wakes.ts';
import { page, type WebResponse, webRequest } from './web-request.ts';

type Ports = {
  readonly store: ItemStore;
  readonly table: Table;
  readonly secrets: Secrets;
  readonly work: Queue;
  readonly escalations: Queue;
  readonly peers: Peers;
} & Surroundings<RouterConfig>;

/** Of a silence by link; longer ones are set by the command, with matchers. */
const SILENCE_MS = 3_600_000;

export const makeAcknowledge =
  (ports: Ports) =>
  async (input: unknown): Promise<WebResponse> => {
    const { secrets, config, clock, log } = ports;
    const { method, path, query, body } = webRequest(input);
    let link: Link;
    try {
      const known = await secrets.read(`${config.secretPrefix}${LINKS_SECRET}`);
      link = readLink(path.replaceAll('/', ''), query, known, clock.now());
    } catch (error) {
      if (!(error instanceof InvalidSignature)) throw error;
      return page(403, `<p>${escapeHtml(error.message)}</p>`);
    }
    if (method !== 'POST') return page(200, form(link));
    const given = new URLSearchParams(body);
    const [by, reason] = [given.get('by')?.trim() ?? '', given.get('reason')?.trim() ?? ''];
    if (by === '' || reason === '') return page(400, `<p>Name and reason are both needed.</p>${form(link)}`);
    const said = await acts[link.act](link, { by: by.slice(0, 200), reason: reason.slice(0, 1000) }, ports);
    log.info(link.act, { incident: link.incident, by, said });
    return page(200, `<p>${escapeHtml(said)}</p>`);
  };

const form = ({ act, incident }: Link): string =>
  `<h3>${act} ${escapeHtml(incident)}</h3><form method="post"><p><label>Who are you? <input name="by" required></label>` +
  `<p><label>Why? <input name="reason" required></label><p><button>${act}</button></form>`;

interface Said {
  readonly by: string;
  readonly reason: string;
}

const acts: Readonly<Record<Link['act'], (link: Link, said: Said, ports: Ports) => Promise<string>>> = {
  async acknowledge({ group, incident }, said, { store, table, clock, work, log, peers, escalations }) {
    const at = clock.now();
    let refused: string | null = null;
    let until = at;
    const rounds: string[] = [];
    const settling = { store, table, record: recordTo(log), onRound: (changed: string) => void rounds.push(changed) };
    const { wakeAt: next } = await settle(settling, group, at, {
      change(ledger) {
        const severity = ledger.incident?.severity ?? 'P0';
        until = at + table.routing.policies[severity].acknowledgedSeconds * 1000;
        const done = withAcknowledgement(ledger, incident, { ...said, at, until });
        refused = done.refused;
        return done.group;
      },
    });
    // The other region asks nobody either; where it does not hear of this it asks once too often.
    if (!refused) await peers.hear(incident, { what: 'acknowledged', ...said, at, until }).catch(() => {});
    await wakeAt(work, next === null ? [at] : [at, next], at);
    await askToFollow(escalations, rounds);
    return refused ? `Nothing to do: ${refused}.` : 'Acknowledged. Thank you.';
  },
  async silence({ group, incident }, said, { store, table, clock, work }) {
    const at = clock.now();
    const { alerts } = await store.group(group);
    const first = alerts[0]?.signal;
    if (!first) return 'Nothing to silence: the group is gone.';
    const matchers = { name: first.name, region: first.region };
    const times = { startsAt: at, endsAt: at + SILENCE_MS, at };
    const silence = checkSilence(
      { id: `link-${incident}`, matchers, ...said, ...times },
      table.routing.silence.secondsMax,
    );
    await store.putSilence(silence);
    await wakeAt(work, [at, silence.endsAt], at);
    return `Silenced until ${new Date(silence.endsAt).toISOString()}.`;
  },
};

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config, clock) => {
    const { peers, store } = sharedItems(config, clock);
    return {
      peers,
      store,
      table: tableIn(config),
      secrets: secretsManager(config, clock),
      work: sqsQueue({ region: config.region, queueUrl: config.workQueueUrl }),
      escalations: sqsQueue({ region: config.region, queueUrl: config.escalationsQueueUrl }),
    };
  },
  make: makeAcknowledge,
});
