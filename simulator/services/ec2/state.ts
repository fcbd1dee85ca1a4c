/** EC2 in one region as plain data: instances, launch templates, subnets (for their zones). */
import type { RequestLaunchTemplateData, Tag } from '@aws-sdk/client-ec2';
import type { Random } from '../../random.ts';

export type InstanceStateName = 'pending' | 'running' | 'shutting-down' | 'terminated';

export interface Instance {
  readonly instanceId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly subnetId: string | undefined;
  readonly privateIp: string;
  /** Milliseconds since the epoch. */
  readonly launchedAt: number;
  readonly profileArn: string | undefined;
  readonly roleArn: string | undefined;
  /** Decoded. */
  readonly userData: string;
  readonly tags: Record<string, string>;
  state: InstanceStateName;
  stateReason: string | undefined;
  /** Fault: never passes a load balancer's health check. */
  readonly sick: boolean;
  /** Fault: how many times as long as usual it takes to boot and to start what runs on it. */
  readonly bootFactor: number;
}

export interface LaunchTemplateVersion {
  readonly number: number;
  readonly createdAt: number;
  readonly description: string | undefined;
  /** As given to the API; `UserData` is still base64. */
  readonly data: RequestLaunchTemplateData;
  /** Role of the instance profile, looked up when the version was made: a launch must not need IAM's control plane. */
  readonly roleArn: string | undefined;
}

export interface LaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly tags: Tag[];
  readonly versions: LaunchTemplateVersion[];
  defaultVersion: number;
}

export interface Ec2State {
  readonly instances: Record<string, Instance>;
  readonly launchTemplates: Record<string, LaunchTemplate>;
  readonly subnets: Record<string, { readonly vpcId: string; readonly zone: string; readonly cidr: string }>;
  nextAddress: number;
}

export const initialEc2State = (): Ec2State => ({
  instances: {},
  launchTemplates: {},
  subnets: {},
  nextAddress: 10,
});

/** An id as EC2 makes them: prefix, '0', sixteen hexadecimal digits. */
export const ec2Id = (random: Random, prefix: string): string => `${prefix}-0${random.hex(16)}`;

/** Letters of the zones an account sees in a region. us-east-1 has six, us-west-2 four, others three (2026-11). */
const zoneLetters: Readonly<Record<string, string>> = { 'us-east-1': 'abcdef', 'us-west-2': 'abcd' };

export const zonesOf = (region: string): string[] =>
  [...(zoneLetters[region] ?? 'abc')].map((letter) => `${region}${letter}`);
