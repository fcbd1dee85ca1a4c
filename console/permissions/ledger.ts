/**
 * Which permissions of the deployed roles were used, over many runs in many processes: each process keeps one file in a
 * folder, and whoever asks reads them all. Kept by the workers of `mainstay permissions` and by the drills in tests.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../../simulator/cloud.ts';
import { type GrantedPermission, grantedPermissions } from '../../simulator/iam/unused.ts';

/** One permission of one role, as both serving regions have it. */
export interface Granted {
  /** 'orders-prod-region-{own}': both serving regions get this stack. */
  readonly stack: string;
  /** The role's logical id without the hash at its end. */
  readonly role: string;
  /** Name of a managed policy; the role's own one has none. */
  readonly policy: string | null;
  /** Sid, or the statement's place ('#0'). */
  readonly statement: string;
  readonly action: string;
  /** With {own}, {other} and {witness} for regions, and '#' for what is drawn anew with each deployment. */
  readonly resource: string;
  used: boolean;
}

interface Page {
  readonly runs: readonly string[];
  readonly granted: readonly Granted[];
}

interface Regions {
  readonly serving: readonly string[];
  readonly witness: string;
}

export class PermissionLedger {
  readonly #regions: Regions;
  readonly #granted = new Map<string, Granted>();
  readonly #runs = new Set<string>();

  /** Both serving regions get the same stacks: what one of them uses is needed in the other one, too. */
  constructor(regions: Regions) {
    this.#regions = regions;
  }

  /** Takes in what a cloud's roles may do and did. `run` names what was run, 'region-failover/dark-primary'. */
  add(cloud: Cloud, run?: string): void {
    for (const permission of grantedPermissions(cloud)) {
      this.#take({ ...this.#generalized(permission), used: permission.uses > 0 });
    }
    if (run !== undefined) this.#runs.add(run);
  }

  get granted(): readonly Granted[] {
    return [...this.#granted.values()];
  }

  get runs(): ReadonlySet<string> {
    return this.#runs;
  }

  /** Writes this process's page. */
  save(directory: string): void {
    const page: Page = { runs: [...this.#runs], granted: this.granted };
    writeFileSync(join(directory, `${process.pid}.json`), JSON.stringify(page));
  }

  /** Everything that processes have written there. */
  static read(directory: string): PermissionLedger {
    const ledger = new PermissionLedger({ serving: [], witness: '' });
    for (const file of globSync(join(directory, '*.json')).sort()) {
      const { runs, granted } = JSON.parse(readFileSync(file, 'utf8')) as Page;
      for (const each of granted) ledger.#take(each);
      for (const run of runs) ledger.#runs.add(run);
    }
    return ledger;
  }

  #take(permission: Granted): void {
    const key = textOf(permission);
    const known = this.#granted.get(key);
    if (known === undefined) this.#granted.set(key, permission);
    else if (permission.used) known.used = true;
  }

  #generalized({ stack, role, policy, statement, action, resource }: GrantedPermission): Omit<Granted, 'used'> {
    const { serving, witness } = this.#regions;
    const own = serving.find((region) => stack.endsWith(region));
    const names = new Map(serving.map((region) => [region, region === own ? '{own}' : '{other}']));
    if (own === undefined) names.clear();
    names.set(witness, '{witness}');
    const placed = (text: string): string =>
      [...names].reduce((rest, [region, name]) => rest.replaceAll(region, name), text);
    return {
      stack: placed(stack),
      role: withoutHash(role),
      policy: policy.startsWith(withoutHash(role)) ? null : policy,
      statement,
      action,
      resource: uncut(withoutChance(placed(resource)), own),
    };
  }
}

/** CloudFormation's logical ids end in eight digits of hex. */
const HASH = /[0-9A-F]{8}$/;
export const withoutHash = (logicalId: string): string => logicalId.replace(HASH, '');

/** Parts of names that AWS draws: suffixes of physical names, key ids, ids of load balancers. */
const withoutChance = (arn: string): string =>
  arn
    .replaceAll(/-[A-Z0-9]{12}(?![A-Za-z0-9])/g, '-#')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '#')
    .replaceAll(/(?<=\/)[0-9a-f]{16}(?=\/|$)/g, '#');

/** CloudFormation cuts a stack's name to fit into a function's: 'orders-prod-blue-green-us-ea-NotifyFunction0A1B2C3D-#'. */
function uncut(arn: string, own: string | undefined): string {
  if (own === undefined) return arn;
  const cut = Array.from({ length: own.length - 3 }, (_, more) => own.slice(0, more + 3));
  return arn.replace(new RegExp(`-(${cut.join('|')})-(?=[A-Z]\\w*-#$)`), '-{own}-');
}

/** A permission in one line: role, action, resource, and where it is written. */
export const textOf = ({ stack, role, policy, statement, action, resource }: Omit<Granted, 'used'>): string =>
  `${role} of ${stack}: ${action} on ${resource} (${policy === null ? '' : `${policy} `}${statement})`;
