/** The faults of the way between two places: cut, lossy and slow links, and endpoints that nobody gets through to. */
import type { Cloud } from '../cloud.ts';
import { countHit, firstStruck, isInForce, struck } from './book.ts';
import type { Link, Place } from './kinds.ts';

const isOn = ({ sender, receiver }: Link, from: Place, to: Place): boolean =>
  (sender === from || (sender === '*' && from !== to)) && (receiver === to || (receiver === '*' && from !== to));

/** Whether a link is cut by a fault with a window. Counted whenever it stops something. */
export function isCut(cloud: Cloud, from: Place, to: Place): boolean {
  const cuts = cloud.state.faults.others.cut;
  if (cuts === undefined || from === to) return false;
  const cut = cuts.find((fault) => isOn(fault, from, to) && isInForce(fault, cloud.now));
  if (cut) countHit(cloud, cut);
  return cut !== undefined;
}

/** What happens to one request or answer on its way: lost, or so much later. Links that are cut are asked apart. */
export function crossing(cloud: Cloud, from: Place, to: Place): { readonly lost: boolean; readonly addedMs: number } {
  const { others } = cloud.state.faults;
  if (others['packet-loss'] === undefined && others['slow-link'] === undefined) return FREE;
  if (firstStruck(cloud, 'packet-loss', (fault) => isOn(fault, from, to))) return LOST;
  const slow = struck(cloud, 'slow-link', (fault) => isOn(fault, from, to));
  return { lost: false, addedMs: slow.reduce((sum, { addedMs }) => sum + addedMs, 0) };
}

const FREE = { lost: false, addedMs: 0 } as const;
const LOST = { lost: true, addedMs: 0 } as const;

/** Whether a service's endpoint cannot be connected to. */
export function isUnreachable(
  cloud: Cloud,
  call: { readonly service: string; readonly region: string; readonly from: Place },
): boolean {
  if (cloud.state.faults.others.endpoint === undefined) return false;
  return (
    firstStruck(
      cloud,
      'endpoint',
      ({ service, region, place }) =>
        service === call.service && region === call.region && (place === undefined || place === call.from),
    ) !== undefined
  );
}

/** Host names whose first label is not the IAM prefix. */
const SERVICES: Readonly<Record<string, string>> = {
  monitoring: 'cloudwatch',
  api: 'ecr',
  'data-signer': 'signer',
};

/** The service whose endpoint has this host name: 'dynamodb.us-east-2.amazonaws.com'. */
export function serviceOfHost(host: string): string {
  const labels = host.split('.');
  if (labels.includes('s3')) return 's3';
  const first = labels[0] ?? '';
  return SERVICES[first] ?? first;
}
