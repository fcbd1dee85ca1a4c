/** What the application is told at start, whatever runs it; app/settings.ts reads it. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../../config/index.ts';
import type { Colour, Names } from '../../names.ts';

export function applicationEnvironment(
  scope: Construct,
  { configuration, names, colour }: { configuration: Configuration; names: Names; colour: Colour },
): Readonly<Record<string, string>> {
  const { serving, witness } = configuration.regions;
  return {
    AWS_REGION: Stack.of(scope).region,
    APPLICATION: names.prefix,
    AUTHORITY_TABLE: names.authorityTable,
    REGIONS: [...serving, witness].join(','),
    DATABASE_PARAMETER: names.databaseParameter,
    CONSUMERS_PARAMETER: names.consumersParameter,
    DIGEST_PARAMETER: names.digestParameter(colour),
    IMAGE_REPOSITORY: names.repository,
    DATABASE_SECRET_ARN: names.databaseSecret,
    COLOUR: colour,
    LEASE_SECONDS: String(configuration.recovery.leaseSeconds),
    LONGEST_WRITE_SECONDS: String(configuration.recovery.longestWriteSeconds),
    PORT: String(configuration.app.port),
  };
}
