/** What takes zones and health checks away, and the comment of a zone: parts of Route 53's control plane. */
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { dnsChangeSeconds } from '../../world/durations.ts';
import { healthCheckById, type Route53State, zoneById } from './state.ts';

type R53Context = Context<Route53State>;
type Route53 = Clients['route53'];

export function updateHostedZoneComment(
  input: Input<Route53, 'UpdateHostedZoneComment'>,
  context: R53Context,
): Output<Route53, 'UpdateHostedZoneComment'> {
  const zone = zoneById(context.state, input.Id);
  zone.comment = input.Comment;
  return {
    HostedZone: {
      Id: `/hostedzone/${zone.id}`,
      Name: zone.name,
      CallerReference: zone.callerReference,
      Config: { Comment: zone.comment, PrivateZone: false },
    },
  };
}

/** @throws AwsError HostedZoneNotEmpty while there is more in it than its own SOA and NS records */
export function deleteHostedZone(
  input: Input<Route53, 'DeleteHostedZone'>,
  context: R53Context,
): Output<Route53, 'DeleteHostedZone'> {
  const zone = zoneById(context.state, input.Id);
  const own = (record: { Name?: string | undefined; Type?: string | undefined }): boolean =>
    record.Name === zone.name && (record.Type === 'SOA' || record.Type === 'NS');
  if (zone.records.some((record) => !own(record))) {
    throw new AwsError(
      'HostedZoneNotEmpty',
      'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    );
  }
  delete context.state.zones[zone.id];
  const changeId = `C0${context.random.hex(18).toUpperCase()}`;
  const submittedAt = context.now;
  context.state.changes[changeId] = { status: 'PENDING', submittedAt, comment: undefined };
  // Changes never overtake each other: what was asked for before is published first.
  const afterMs = Math.max(zone.inSyncAt - submittedAt, Math.round(dnsChangeSeconds(context.random) * 1000));
  context.schedule('zoneGone', afterMs, { changeId, zoneName: zone.name });
  return { ChangeInfo: { Id: `/change/${changeId}`, Status: 'PENDING', SubmittedAt: new Date(submittedAt) } };
}

/** Timer, in us-east-1: no server of Route 53 answers for the zone any more, unless another one has its name. */
export function zoneGone({ changeId, zoneName }: { changeId: string; zoneName: string }, { state }: R53Context): void {
  const again = Object.values(state.zones).some((zone) => zone.name === zoneName);
  if (!again) delete state.dataPlane.zones[zoneName];
  const change = state.changes[changeId];
  if (change) change.status = 'INSYNC';
}

/** Records that still name the check take it for healthy from now on. Guess: AWS calls their status unpredictable. */
export function deleteHealthCheck(
  input: Input<Route53, 'DeleteHealthCheck'>,
  context: R53Context,
): Output<Route53, 'DeleteHealthCheck'> {
  const { id } = healthCheckById(context.state, input.HealthCheckId);
  delete context.state.healthChecks[id];
  delete context.state.dataPlane.checks[id];
  delete context.state.dataPlane.observations[id];
  return {};
}
