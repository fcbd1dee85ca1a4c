/** Invariants about the router as a whole: rates, secrets, rights, regions, what is lost and found. */
import { type SesState, ses } from '../../../simulator/services/ses/index.ts';
import { type SnsState, sns } from '../../../simulator/services/sns.ts';
import { ledgerOf, providersState } from '../../../simulator/world/index.ts';
import { refusalsIn } from '../../drill/refusals.ts';
import { type Evidence, type Invariants, isPage, keysOf, peopleIn, toldOf } from './evidence.ts';
import { hasTrouble, isUndisturbed, silencesOf } from './history.ts';
import type { Scenario } from './scenario.ts';
import { monitorsOf, PLANTED, SECRETS } from './scene.ts';

/** The sweep asks every five minutes, and gives an event a minute. */
const FOUND_WITHIN = 440;
/** A heartbeat each minute; the monitor allows four. */
const BEAT_SECONDS = 150;
const MONITORED_SECONDS = 260;

export const whole: Invariants = {
  7: {
    says: 'no provider had to refuse messages for their number, and digests count each message once',
    check(evidence) {
      const refused = evidence.cloud.trace.entries.filter(({ what, detail }) => {
        return what === 'refused' && (detail as { status?: number } | undefined)?.status === 429;
      });
      return [...refused.map(({ source }) => `${source} refused a message: too many`), ...miscounted(evidence)];
    },
  },
  11: {
    says: 'what nobody can read reaches the default owner',
    check: (evidence) =>
      evidence.scenario.acts.flatMap((act) => {
        const { seconds } = evidence.scenario;
        const by = isUndisturbed(evidence.scenario) ? act.at + 180 : seconds;
        if (act.do !== 'unreadable' || by > seconds) return [];
        const told = evidence.notifications.some(
          ({ t, about }) => about.includes('unreadable') && t >= act.at && t <= by,
        );
        return told ? [] : [`what came at ${act.at} s could not be read, and nobody was told`];
      }),
  },
  14: {
    says: 'a heartbeat of each region and channel reaches its monitor each minute, and the monitor says when it does not',
    check(evidence) {
      const { configuration, scenario } = evidence;
      const noticed = new Set(peopleIn(evidence).flatMap(({ by, key }) => (by === 'heartbeat' ? [key] : [])));
      return configuration.regions.serving.flatMap(monitorsOf).flatMap((name) => {
        const gap = longestSilence(evidence, name);
        if (gap > MONITORED_SECONDS && !noticed.has(name))
          return [`${name} was silent for ${gap} s, and its monitor said nothing`];
        return isUndisturbed(scenario) && !isInTrouble(scenario, name) && gap > BEAT_SECONDS
          ? [`${name} works, and no heartbeat came for ${gap} s`]
          : [];
      });
    },
  },
  15: {
    says: 'whoever tells of an alert, here or there, with the store or without it, it is one incident',
    check: (evidence) =>
      evidence.history.flatMap((alert) => {
        if (alert.spans.length !== 1) return [];
        const incidents = keysOf(evidence, alert.name).size;
        return [
          ...(incidents > 1 ? [`${alert.name} fired once and is ${incidents} incidents`] : []),
          ...(alert.where === 'both' && isUndisturbed(evidence.scenario) ? doubled(evidence, alert.name) : []),
        ];
      }),
  },
  16: {
    says: 'an alert whose event is lost is found by the sweep within minutes, and so is its end',
    check(evidence) {
      const { scenario, since, cloud } = evidence;
      const { services, incidents } = providersState(cloud).pagerduty;
      if (hasTrouble(scenario) || silencesOf(scenario).length > 0 || Object.keys(services).length === 0) return [];
      return evidence.history.flatMap((alert) =>
        alert.spans.flatMap(({ from, to, grades }) => {
          const isGrave = grades.every(({ severity }) => severity < 'P2') && !alert.symptom;
          const by = from + FOUND_WITHIN;
          if (!isGrave || by > Math.min(to, scenario.seconds)) return [];
          const keys = keysOf(evidence, alert.name);
          const found = incidents.some(({ dedupKey, openedAt }) => keys.has(dedupKey) && openedAt <= since + by * 1000);
          return found ? [] : [`${alert.name} fires since ${from} s, and PagerDuty does not show it at ${by} s`];
        }),
      );
    },
  },
  17: {
    says: 'no secret is in a log, an event or a message; one that a sender wrote is not carried on',
    check(evidence) {
      const { entries } = evidence.cloud.trace;
      const text = JSON.stringify(entries.filter(({ source }) => source !== 'cloudformation'));
      const ours = Object.entries(SECRETS).flatMap(([name, value]) =>
        text.includes(value) ? [`the secret ${name} shows`] : [],
      );
      const carried = carriedOn(evidence).filter(([, told]) => told.includes(PLANTED));
      return [...ours, ...carried.map(([where]) => `a secret that a sender wrote is in ${where}`)];
    },
  },
  18: {
    says: 'each alert that comes in and each message that goes out has a line in the log that says why',
    check: (evidence) => [...unrecordedInputs(evidence), ...unrecordedMessages(evidence)],
  },
  20: {
    says: 'nothing is tried that IAM does not allow',
    check: ({ cloud }) => refusalsIn(cloud).map((refusal) => JSON.stringify(refusal)),
  },
};

/** Two regions never say the same to the same within so long, but to PagerDuty, which makes one of it. */
const APART_SECONDS = 30;

function doubled(evidence: Evidence, name: string): string[] {
  const told = toldOf(evidence, name).filter(({ says }) => !says.startsWith('pagerduty'));
  return told.flatMap(({ says, t }, index) => {
    const again = told.slice(index + 1).find((other) => other.says === says && other.t - t < APART_SECONDS);
    return again ? [`${says} came twice about ${name}, at ${t} and at ${again.t} s`] : [];
  });
}

/** Every alert that nobody was told of by name is one of those that a digest counts. */
function miscounted(evidence: Evidence): string[] {
  const digests = evidence.notifications.filter(({ about }) => about.includes(' messages in one: '));
  if (digests.length === 0) return [];
  const counts = digests.flatMap(({ about }) =>
    [...about.matchAll(/(\d+) P\d open/g)].map(([, count]) => Number(count)),
  );
  const counted = counts.reduce((sum, count) => sum + count, 0);
  const unnamed = evidence.history.filter(({ name }) => toldOf(evidence, name).length === 0).length;
  return counted === unnamed ? [] : [`digests count ${counted} alerts, and ${unnamed} were told by no name`];
}

/** Whether something is the matter with the provider that carries this heartbeat, or with the monitor itself. */
const isInTrouble = ({ acts }: Scenario, monitor: string): boolean =>
  acts.some((act) => {
    if (act.do !== 'world' || act.event.do !== 'trouble') return false;
    const { provider } = act.event;
    return provider === 'heartbeat' || monitor.endsWith(`/${provider}`);
  });

/** Between two heartbeats, or since the last one. In seconds. */
function longestSilence({ cloud, since, scenario }: Evidence, monitor: string): number {
  const from = since - cloud.state.startedAt;
  const beats = ledgerOf(cloud)
    .messages.filter(({ provider, to, t }) => provider === 'heartbeat' && to === monitor && t >= from)
    .map(({ t }) => (t - from) / 1000);
  const times = [0, ...beats, scenario.seconds];
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] as number)));
}

/** Everything that Mainstay itself wrote down or sent: name, text. Queues hold what came in as it came. */
function carriedOn({ cloud }: Evidence): [string, string][] {
  const logs = cloud.trace.entries.filter(({ source, what }) => source === 'lambda' && what === 'log');
  const kept = cloud.trace.entries.filter(
    ({ source, what }) => source === 'dynamodb' && /^(Transact|Put|Update)/.test(what),
  );
  const topics = cloud.state.regions.map((region) => cloud.stateOf<SnsState>(sns, region).outbox);
  const mails = cloud.state.regions.map((region) => cloud.stateOf<SesState>(ses, region).outbox);
  return [
    ['a log', JSON.stringify(logs)],
    ['the store', JSON.stringify(kept)],
    ['a message', JSON.stringify([ledgerOf(cloud).messages, topics, mails])],
  ];
}

interface Line {
  readonly message?: string;
  readonly alerts?: readonly string[];
  readonly alarms?: readonly string[];
  readonly incident?: string | null;
  readonly told?: readonly string[];
  readonly reasons?: readonly string[];
}

const linesOf = ({ cloud }: Evidence): Line[] =>
  cloud.trace.entries
    .filter(({ source, what }) => source === 'lambda' && what === 'log')
    .map(({ detail }) => (detail as { line?: Line }).line ?? {});

/** Alerts that were told of and that no line says the coming of. */
function unrecordedInputs(evidence: Evidence): string[] {
  const lines = linesOf(evidence);
  const said = lines.flatMap(({ alerts = [], alarms = [] }) => [...alerts, ...alarms]);
  return evidence.history
    .filter(({ name }) => toldOf(evidence, name).length > 0)
    .filter(({ name }) => !said.some((text) => text.startsWith(`${name} `)))
    .map(({ name }) => `people were told of ${name}, and no line says that it came`);
}

/** Pages whose incident no line gives a reason for. */
function unrecordedMessages(evidence: Evidence): string[] {
  const decided = linesOf(evidence).filter(({ reasons = [] }) => reasons.length > 0);
  const explained = new Set(decided.flatMap(({ told = [] }) => told.map((key) => key.split('/')[0])));
  return evidence.notifications
    .filter((one) => isPage(one) && !explained.has(one.key))
    .map(({ says, about }) => `${says} about ${about} came, and no line says why`);
}
