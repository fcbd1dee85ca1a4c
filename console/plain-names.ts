/**
 * Says the names that CDK and CloudFormation made up as a person would: 'promote' for
 * 'orders-prod-region-failover-PromoteFunctionBCB62608-NLQXOU2OD3UP', and the function for the role it runs as.
 */
import type { Cloud } from '../simulator/cloud.ts';
import { deployedStacks } from '../simulator/cloudformation/deploy.ts';
import { lambda } from '../simulator/lambda/index.ts';
import type { LambdaState } from '../simulator/lambda/state.ts';

/** CloudFormation ends the names it makes with twelve characters of its own. */
const MADE_UP = /-[A-Z0-9]{12}$/;
/** CDK ends logical ids with a hash of eight. */
const HASH = /[0-9A-F]{8}$/;
const TOKEN = /[A-Za-z0-9][A-Za-z0-9-]{15,}/g;

const SERVICES: Readonly<Record<string, string>> = {
  autoscaling: 'Auto Scaling',
  cloudwatch: 'CloudWatch',
  elasticloadbalancing: 'load balancer',
  events: 'EventBridge',
  lambda: 'Lambda',
  scheduler: 'Scheduler',
  states: 'Step Functions',
};

export class PlainNames {
  readonly #names: ReadonlyMap<string, string>;

  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  /** The names of everything that is deployed now. */
  static of(cloud: Cloud): PlainNames {
    const names = new Map<string, string>();
    for (const { physicalId, logicalId } of deployedStacks(cloud).flatMap(({ resources }) => resources)) {
      const name = physicalId.split(/[:/]/).at(-1);
      if (name && MADE_UP.test(name)) names.set(name, logicalId.replace(HASH, ''));
    }
    // A function is its handler, and so is the role that it runs as.
    for (const region of cloud.state.regions) {
      for (const made of Object.values(cloud.stateOf<LambdaState>(lambda, region).functions)) {
        const handler = made.description.split('/').at(-1);
        if (!handler) continue;
        names.set(made.name, handler);
        names.set(made.role.split('/').at(-1) ?? made.role, handler);
      }
    }
    return new PlainNames(names);
  }

  /** Who made a call, from the trace's 'role/session', principal or 'account'. */
  actor(by: string): string {
    if (by === 'account') return 'a person';
    const [role = '', session] = by.split('/');
    const service = /^([a-z0-9-]+)\.amazonaws\.com$/.exec(role)?.[1];
    if (service) return SERVICES[service] ?? service;
    // A service that takes on a role calls the session after itself.
    if (session && SERVICES[session]) return SERVICES[session];
    // All instances have one role; which of them it was is their session.
    if (session?.startsWith('i-')) return session;
    return this.#names.get(session ?? '') ?? this.#names.get(role) ?? session ?? role;
  }

  /** The text with every made-up name in it said plainly. */
  text(text: string): string {
    return text.replace(TOKEN, (token) => this.#names.get(token) ?? token);
  }
}
