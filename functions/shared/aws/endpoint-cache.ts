/**
 * What the SDK's DynamoDB client asks of a cache of discovered endpoints while it is made. infra/bundle.ts puts this file in
 * the place of the real module, 8 KB with its libraries: functions speak to the endpoint of a region, and discover none.
 */
export class EndpointCache {
  getEndpoint(): undefined {
    return undefined;
  }
}
