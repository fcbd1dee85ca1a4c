/**
 * Turns a signal into one execution of the failover machine in this region. Started by: infra/wiring.ts "alarm" and
 * "request". Decides nothing: the machine's first step does.
 */
import * as z from 'zod';
import { AlarmStateChange } from '../../events/alarm-state-change.ts';
import { FailoverRequest } from '../../events/failover-request.ts';
import { sfnExecutions } from '../shared/aws/sfn.ts';
import { StartingConfig } from '../shared/config.ts';
import { InvalidInput } from '../shared/errors.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Executions } from '../shared/ports.ts';
import { canonicalTime, executionName, type Request } from './request.ts';

const Envelope = z.object({ 'detail-type': z.string() });

type Declared = { readonly name: string; readonly started: 'started' | 'known' | 'not ours' };

export const makeDeclare =
  ({ config, executions, log }: { executions: Pick<Executions, 'start'> } & Surroundings<StartingConfig>) =>
  async (input: unknown): Promise<Declared> => {
    const kind = parse(Envelope, input, 'event')['detail-type'];
    const { name, request } = kind.startsWith('CloudWatch') ? fromAlarm(input, config) : fromRequest(input);
    if (request.application !== config.application || request.target !== config.region) {
      log.info('not for this application and region', { target: request.target });
      return { name, started: 'not ours' };
    }
    if (!config.servingRegions.includes(request.from)) {
      const regions = config.servingRegions.join(', ');
      throw new InvalidInput(`detail.from: ${request.from} serves nothing, needed one of ${regions}`);
    }
    const started = await executions.start(name, request);
    log.info('declared', { name, started });
    return { name, started };
  };

function fromAlarm(input: unknown, config: StartingConfig): { name: string; request: Request } {
  const event = parse(AlarmStateChange, input, 'event');
  const { state, alarmName } = event.detail;
  const { application, region: from } = event.detail.configuration.metrics[0].metricStat.metric.dimensions;
  const declaredAt = canonicalTime(state.timestamp);
  return {
    name: executionName('alarm', from, declaredAt),
    request: {
      trigger: 'alarm',
      application,
      // The alarm of this region is about the other one.
      target: config.region,
      from,
      by: `alarm ${alarmName}`,
      reason: state.reason ?? `${from} does not answer`,
      declaredAt,
    },
  };
}

function fromRequest(input: unknown): { name: string; request: Request } {
  const { id, time, detail } = parse(FailoverRequest, input, 'event');
  const { application, target, from, by, reason, automatic, acceptLossSeconds } = detail;
  return {
    name: executionName(automatic ? 'alerts' : 'person', id),
    request: {
      // Alerts are signs like an alarm: what only a person may overrule they do not.
      trigger: automatic ? 'alarm' : 'person',
      application,
      target,
      from,
      by,
      reason,
      declaredAt: canonicalTime(time),
      acceptLossSeconds: automatic ? undefined : acceptLossSeconds,
    },
  };
}

export const handler = lambda({
  slug: 'region-failover',
  config: StartingConfig,
  ports: (config) => ({ executions: sfnExecutions(config) }),
  make: makeDeclare,
});
