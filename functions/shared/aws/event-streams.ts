/**
 * What the SDK's S3 client asks of event streams while it is made. infra/bundle.ts puts this file in the place of the real
 * module, 15 KB that only SelectObjectContent would use, which no function calls.
 */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

export const eventStreamSerdeProvider = (): never => {
  throw new Error('event streams are left out of the bundles; see infra/bundle.ts');
};

export const EventStreamSerde = eventStreamSerdeProvider;
