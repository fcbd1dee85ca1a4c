/** What Signer holds in one region: signing profiles, one version of each, and since when versions are revoked. */
import type { Cloud } from '../../cloud.ts';
import type { Context } from '../../service.ts';

export interface Profile {
  readonly name: string;
  readonly arn: string;
  readonly version: string;
  readonly versionArn: string;
  readonly platformId: string;
  status: 'Active' | 'Canceled' | 'Revoked';
}

export interface SignerState {
  /** By name. */
  readonly profiles: Record<string, Profile>;
  /** ARN of a profile's version → milliseconds since the epoch; signatures made from then on are revoked. */
  readonly revoked: Record<string, number>;
}

export type SignerContext = Context<SignerState>;

export const profileArn = (
  { region, account }: { region: string; account: string },
  name: string | undefined,
): string => `arn:aws:signer:${region}:${account}:/signing-profiles/${name ?? ''}`;

/** The state in a region, for those who stand outside of Signer. */
export const signerStateIn = (cloud: Cloud, region: string): SignerState | undefined =>
  cloud.state.services[region]?.signer as SignerState | undefined;
