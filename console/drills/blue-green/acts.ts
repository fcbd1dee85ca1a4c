/** What people, pipelines and mishaps do during a drill, beyond what the world does by itself. */

import { FailoverRequest } from '../../../events/failover-request.ts';
import { COLOURS } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { AnswerLost, AwsError, Unreachable } from '../../../simulator/errors.ts';
import { ecrStateIn } from '../../../simulator/services/ecr/state.ts';
import { signerStateIn } from '../../../simulator/services/signer/state.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import { happen } from '../../../simulator/world/events.ts';
import { setAlarm } from '../../drill/alarms.ts';
import { wake } from '../../drill/let-rest.ts';
import * as moments from '../../drill/moments.ts';
import { empty, resize, schedule, setLeast } from '../../drill/sizing.ts';
import { askedFor } from '../region-failover/by-hand.ts';
import type { Asked, Push } from './evidence.ts';
import { currentRelease, holdsLease } from './last-release.ts';
import { forwardRuleOf, targetGroupOf, weightsIn } from './nodes.ts';
import { callOnFargate } from './on-fargate.ts';
import { alarmNamed } from './policy.ts';
import { pushed } from './pushes.ts';
import type { Act, Places } from './scenario.ts';

/** What was done, for the evidence: what pipelines pushed and people asked for. */
export interface Diary {
  readonly pushes: Push[];
  readonly asked: Asked[];
}

type Moment = Extract<Act, { act: 'abortAt' | 'dieAfter' | 'eventsAt' }>;

const isMoment = (act: Act): act is Moment => ['abortAt', 'dieAfter', 'eventsAt'].includes(act.act);

/** Whether an act that waits for one exact moment must be done at this very instant. */
export const isDue = (cloud: Cloud, act: Act, places: Places): boolean =>
  act.act === 'whileJob'
    ? holdsLease(cloud, act.job, places)
    : isMoment(act) && moments.hasHit(cloud, momentOf(act, places));

function momentOf(act: Moment, places: Places): moments.Moment {
  if (act.act === 'dieAfter') {
    const call = places.configuration.compute.kind === 'fargate' ? callOnFargate(act.call) : act.call;
    return moments.diesAfter(places.region, `blue-green/${act.function}`, call);
  }
  if (act.act === 'abortAt') return moments.abortAt(places, act.state);
  return moments.eventsAt(places, act.state, act.events(places));
}

/** Does it now; true when it is done, false when it must be tried again in a moment. */
export async function perform(cloud: Cloud, act: Act, places: Places, diary: Diary): Promise<boolean> {
  const { region, names } = places;
  const t = (cloud.now - cloud.state.startedAt) / 1000;
  switch (act.act) {
    case 'push':
      return push(cloud, act, places, diary, t);
    case 'request':
      return request(cloud, act, places, diary, t);
    case 'decide':
      return decide(cloud, act, places, diary, t);
    case 'weights':
      return setWeights(cloud, act, places);
    case 'size':
      await resize(cloud, { ...places, colour: places[act.colour] }, act.machines);
      return true;
    case 'least':
      await setLeast(cloud, { ...places, colour: places[act.colour] }, act.machines);
      return true;
    case 'schedule':
      await schedule(cloud, { ...places, colour: places[act.colour] }, act.most);
      return true;
    case 'empty':
      return emptied(cloud, act.colour, places);
    case 'try':
      return tried(cloud, act.of, places, diary);
    case 'after': {
      const enteredAt = firstEntry(cloud, places, act.state);
      if (enteredAt === null || cloud.now < enteredAt + act.seconds * 1000) return false;
      return perform(cloud, act.does, places, diary);
    }
    case 'whileJob':
      return holdsLease(cloud, act.job, places) && perform(cloud, act.does, places, diary);
    case 'revoke':
      return revoke(cloud, places, diary);
    case 'deleteImages':
      return deleteImages(cloud, places);
    // It was deployed before the scenario began.
    case 'policy':
      return true;
    case 'wake':
      await wake(cloud, act.slug);
      return true;
    case 'move':
      return move(cloud, act.reason, places);
    case 'alarm':
      await setAlarm(cloud, region, alarmNamed(names, act.name), act.value);
      return true;
    case 'freeze':
      return freeze(cloud, act.frozen, places);
    case 'eventsAt':
      if (!isDue(cloud, act, places)) return false;
      for (const next of act.acts ?? []) await perform(cloud, next, places, diary);
      return true;
    case 'abortAt':
    case 'dieAfter':
      return isDue(cloud, act, places);
  }
}

/** ECR may refuse it, or carry it out and not say so: whether it is there counts. */
async function push(
  cloud: Cloud,
  { release }: Extract<Act, { act: 'push' }>,
  places: Places,
  { pushes }: Diary,
  t: number,
): Promise<boolean> {
  const { region, names } = places;
  await happen(cloud, { do: 'pushImage', region, repository: names.repository, ...release });
  const found = ecrStateIn(cloud, region)?.repositories[names.repository];
  const before = pushes.findLast(({ admissible }) => admissible);
  const made = pushed(cloud, release, places, t, before);
  const wanted = [made.digests.at(-1), ...(release.tags ?? []).map((tag) => found?.tags[tag])];
  if (!wanted.every((digest) => digest !== undefined && found?.images[digest])) return false;
  pushes.push(made);
  return true;
}

async function tried(cloud: Cloud, act: Act, places: Places, diary: Diary): Promise<boolean> {
  try {
    return await perform(cloud, act, places, diary);
  } catch (error) {
    if (error instanceof AwsError || error instanceof Unreachable || error instanceof AnswerLost) return false;
    throw error;
  }
}

async function emptied(
  cloud: Cloud,
  which: Extract<Act, { act: 'empty' }>['colour'],
  places: Places,
): Promise<boolean> {
  const { region, names, live, candidate } = places;
  const rule = forwardRuleOf(cloud, region);
  const idle = COLOURS.find((colour) => rule !== undefined && weightsIn(cloud, region, names, rule)[colour] === 0);
  const colour = which === 'idle' ? idle : which === 'live' ? live : candidate;
  if (colour === undefined) return false;
  await empty(cloud, { ...places, colour });
  return true;
}

/** When an execution first entered a state; milliseconds since the epoch, null while none has. */
function firstEntry(cloud: Cloud, { region, machine }: Places, state: string): number | null {
  const all = Object.values(cloud.stateOf(stepFunctions, region).executions).filter(
    ({ machineName }) => machineName === machine,
  );
  const entries = all.flatMap(({ history }) =>
    history.filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state).map(({ atMs }) => atMs),
  );
  return entries.length === 0 ? null : Math.min(...entries);
}

async function request(
  cloud: Cloud,
  { kind, tag, reason }: Extract<Act, { act: 'request' }>,
  places: Places,
  { asked }: Diary,
  t: number,
): Promise<boolean> {
  const digest = ecrStateIn(cloud, places.region)?.repositories[places.names.repository]?.tags[tag];
  // It is asked for once it is there.
  if (digest === undefined) return false;
  await put(cloud, places, 'Release requested', { kind, digest, reason });
  asked.push({ t, wish: kind, digest, by: 'alice' });
  return true;
}

async function decide(
  cloud: Cloud,
  { decision, reason }: Extract<Act, { act: 'decide' }>,
  places: Places,
  { asked }: Diary,
  t: number,
): Promise<boolean> {
  const release = currentRelease(cloud, places);
  if (release === null) return false;
  await put(cloud, places, 'Release decided', { release, decision, reason });
  asked.push({ t, wish: decision, digest: null, by: 'alice' });
  return true;
}

async function put(
  cloud: Cloud,
  { region, names }: Places,
  detailType: string,
  detail: Record<string, unknown>,
): Promise<void> {
  const Detail = JSON.stringify({ application: names.prefix, by: 'alice', ...detail });
  await cloud.call(
    'events',
    'PutEvents',
    { Entries: [{ Source: 'mainstay', DetailType: detailType, Detail }] },
    { region },
  );
}

/** To the other region, where the request is put. */
async function move(cloud: Cloud, reason: string, { region: from, names, configuration }: Places): Promise<boolean> {
  const target = configuration.regions.serving.find((each) => each !== from) ?? from;
  const { detailType, detail } = askedFor(
    configuration,
    FailoverRequest.shape.detail.parse({ application: names.prefix, target, from, by: 'alice', reason }),
  );
  const Entries = [{ Source: 'mainstay', DetailType: detailType, Detail: JSON.stringify(detail) }];
  await cloud.call('events', 'PutEvents', { Entries }, { region: target });
  return true;
}

/** To be done before any of the pushes has users: none of them may get any. */
async function revoke(cloud: Cloud, { region }: Places, { pushes }: Diary): Promise<boolean> {
  for (const { name, version } of Object.values(signerStateIn(cloud, region)?.profiles ?? {})) {
    const input = { profileName: name, profileVersion: version, reason: 'in a drill', effectiveTime: new Date(0) };
    await cloud.call('signer', 'RevokeSigningProfile', input, { region });
  }
  pushes.push(...pushes.splice(0).map((each) => ({ ...each, admissible: false })));
  return true;
}

/** Whoever is refused leaves it at that. */
async function deleteImages(cloud: Cloud, { region, names }: Places): Promise<boolean> {
  const { images = {} } = ecrStateIn(cloud, region)?.repositories[names.repository] ?? {};
  const [, ...older] = Object.values(images).sort((a, b) => b.pushedAt - a.pushedAt);
  const imageIds = older.map(({ digest }) => ({ imageDigest: digest }));
  await cloud
    .call('ecr', 'BatchDeleteImage', { repositoryName: names.repository, imageIds }, { region })
    .catch((error: unknown) => {
      if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') throw error;
    });
  return true;
}

async function setWeights(cloud: Cloud, act: Extract<Act, { act: 'weights' }>, places: Places): Promise<boolean> {
  const { region, names, live, candidate } = places;
  const rule = forwardRuleOf(cloud, region);
  const group = (colour: Places['live'], Weight: number) => ({
    TargetGroupArn: targetGroupOf(cloud, region, names, colour)?.TargetGroupArn,
    Weight,
  });
  const TargetGroups = [group(live, act.live), group(candidate, act.candidate)];
  await cloud.call(
    'elasticloadbalancing',
    'ModifyRule',
    { RuleArn: rule?.RuleArn, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] },
    { region },
  );
  return true;
}

async function freeze(cloud: Cloud, frozen: boolean, { region, names }: Places): Promise<boolean> {
  const Name = names.deploymentsParameter;
  const { Parameter } = await cloud.call('ssm', 'GetParameter', { Name }, { region });
  const before = JSON.parse(Parameter?.Value ?? '{}') as object;
  const Value = JSON.stringify({ ...before, frozen, by: 'alice' });
  await cloud.call('ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true }, { region });
  return true;
}
