/** The third vote, from outside both serving regions. Part of the witness stack. */
import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Configuration } from '../../config/index.ts';
import type { Names } from '../../names.ts';
import { Observer } from './observer.ts';
import { witnessRights } from './rights.ts';
import { observerSettings } from './settings.ts';

export interface WitnessObserverProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly bundles?: string;
}

export class WitnessObserver extends Construct {
  constructor(scope: Construct, id: string, { configuration, names, bundles }: WitnessObserverProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    const place = { configuration, names, account, region };
    new Observer(this, 'Observer', { settings: { ...observerSettings(place) }, rights: witnessRights(place), bundles });
  }
}
