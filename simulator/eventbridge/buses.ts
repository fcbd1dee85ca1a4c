/** EventBridge's operations on event buses and their resource policies. Part of the service in service.ts. */
import type { EventBridge, EventBus } from '@aws-sdk/client-eventbridge';
import { AwsError, NotModelled } from '../errors.ts';
import type { Context, Operations } from '../service.ts';
import { findBus, invalid } from './rules.ts';
import type { Bus, EventBridgeState } from './state.ts';

/** A bus as it is made. */
export function newBus(name: string, region: string, account: string): Bus {
  return { name, arn: `arn:aws:events:${region}:${account}:event-bus/${name}`, statements: {}, rules: {} };
}

/** The bus's resource policy as a JSON text; undefined when nothing was permitted. */
export function busPolicy(bus: Bus): string | undefined {
  const Statement = Object.values(bus.statements);
  return Statement.length === 0 ? undefined : JSON.stringify({ Version: '2012-10-17', Statement });
}

function describe(bus: Bus): EventBus {
  const Policy = busPolicy(bus);
  return { Name: bus.name, Arn: bus.arn, ...(Policy === undefined ? {} : { Policy }) };
}

/** The statement that PutPermission with Action and Principal stands for. */
function statementOf(
  input: { Principal?: string | undefined; Action?: string | undefined; StatementId?: string | undefined },
  bus: Bus,
  context: Context<EventBridgeState>,
): Record<string, unknown> {
  const { Principal = '', Action = 'events:PutEvents', StatementId = '' } = input;
  if (!/^(\*|\d{12})$/.test(Principal)) throw invalid(`Provided principal '${Principal}' is not valid.`);
  if (Action !== 'events:PutEvents') throw invalid("Provided value in parameter 'action' is not supported.");
  if (StatementId === '') throw invalid('Parameter StatementId must not be null.');
  const account = Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` };
  context.trace('bus.permission', { bus: bus.name, principal: Principal });
  return { Sid: StatementId, Effect: 'Allow', Principal: account, Action, Resource: bus.arn };
}

export const busOperations: Operations<EventBridge, EventBridgeState> = {
  CreateEventBus(input, context) {
    const name = input.Name ?? '';
    if (!/^[/.\-_A-Za-z0-9]{1,256}$/.test(name) || name === 'default')
      throw invalid(`Event bus name '${name}' is not valid.`);
    if (input.EventSourceName) throw new NotModelled('partner event sources are not modelled');
    if (input.DeadLetterConfig) throw new NotModelled(`DeadLetterConfig of event bus '${name}' is not modelled`);
    if (context.state.buses[name]) {
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    const bus = newBus(name, context.region, context.account);
    context.state.buses[name] = bus;
    return { EventBusArn: bus.arn };
  },

  DescribeEventBus: (input, context) => describe(findBus(input.Name, context)),

  ListEventBuses(input, context) {
    const buses = Object.values(context.state.buses).filter((bus) => bus.name.startsWith(input.NamePrefix ?? ''));
    return { EventBuses: buses.map(describe) };
  },

  DeleteEventBus(input, context) {
    if (input.Name === 'default') throw invalid('Cannot delete event bus default.');
    const bus = context.state.buses[input.Name ?? ''];
    if (bus && Object.keys(bus.rules).length > 0) {
      throw invalid(`Event bus ${bus.name} can't be deleted since it has rules.`);
    }
    delete context.state.buses[input.Name ?? ''];
    return {};
  },

  PutPermission(input, context) {
    const bus = findBus(input.EventBusName, context);
    if (input.Condition) throw new NotModelled('PutPermission with Condition (organizations) is not modelled');
    if (input.Policy !== undefined) {
      const policy = JSON.parse(input.Policy) as { Statement?: Record<string, unknown> | Record<string, unknown>[] };
      const statements = [policy.Statement ?? []].flat();
      for (const sid of Object.keys(bus.statements)) delete bus.statements[sid];
      for (const [i, statement] of statements.entries()) bus.statements[String(statement.Sid ?? i)] = statement;
      return {};
    }
    bus.statements[input.StatementId ?? ''] = statementOf(input, bus, context);
    return {};
  },

  RemovePermission(input, context) {
    const bus = findBus(input.EventBusName, context);
    if (input.RemoveAllPermissions) {
      for (const sid of Object.keys(bus.statements)) delete bus.statements[sid];
      return {};
    }
    if (!bus.statements[input.StatementId ?? '']) {
      throw new AwsError('ResourceNotFoundException', 'Statement with the provided id does not exist.');
    }
    delete bus.statements[input.StatementId ?? ''];
    return {};
  },
};
