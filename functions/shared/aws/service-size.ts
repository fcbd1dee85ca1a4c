/** The size of an ECS service, and the bounds of what scales it. */
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { Size } from './capacity.ts';
import { call, clientOptions } from './client.ts';

export function serviceSize(region: string, cluster: string): Size {
  const services = new ECSClient(clientOptions(region));
  const scaling = new ApplicationAutoScalingClient(clientOptions(region));
  const targetOf = (name: string) => ({
    ServiceNamespace: 'ecs' as const,
    ScalableDimension: 'ecs:service:DesiredCount' as const,
    ResourceId: `service/${cluster}/${name}`,
  });
  const boundsOf = async (name: string) => {
    const { ResourceId, ...target } = targetOf(name);
    const command = new DescribeScalableTargetsCommand({ ...target, ResourceIds: [ResourceId] });
    const { ScalableTargets = [] } = await call(`describing the bounds of ${name}`, scaling.send(command));
    return ScalableTargets[0] ?? null;
  };
  return {
    async read(name) {
      const command = new DescribeServicesCommand({ cluster, services: [name] });
      const [found, bounds] = await Promise.all([call(`describing ${name}`, services.send(command)), boundsOf(name)]);
      const [service] = found.services ?? [];
      const desired = service?.desiredCount ?? 0;
      return service
        ? {
            desired,
            // A service without a scaling target is scaled by nobody, and has no bounds.
            min: bounds?.MinCapacity ?? desired,
            max: bounds?.MaxCapacity ?? Number.MAX_SAFE_INTEGER,
            inService: service.runningCount ?? 0,
          }
        : null;
    },
    async raise(name, size) {
      // First: a policy that finds little to do in a standby would take back at once what is added.
      if (await boundsOf(name)) {
        const command = new RegisterScalableTargetCommand({ ...targetOf(name), MinCapacity: size });
        await call(`raising the least of ${name} to ${size}`, scaling.send(command));
      }
      const command = new UpdateServiceCommand({ cluster, service: name, desiredCount: size });
      await call(`raising ${name} to ${size}`, services.send(command));
    },
  };
}
