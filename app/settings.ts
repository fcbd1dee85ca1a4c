/** What an instance is told at start: the lines of its launch template's user data, plus its release and its name. */
import { hostname } from 'node:os';
import * as z from 'zod';

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** Between two rounds of the background work, unless the environment says otherwise. */
export const PERIODS = { renewMs: 5_000, beatMs: 2_000, refreshMs: 10_000, jobMs: 15_000 };

const Environment = z.object({
  AWS_REGION: z.string().min(1),
  APPLICATION: z.string().min(1),
  AUTHORITY_TABLE: z.string().min(1),
  /** The three regions of the authority table, comma separated. */
  REGIONS: z.string().min(1),
  DATABASE_PARAMETER: z.string().min(1),
  CONSUMERS_PARAMETER: z.string().min(1),
  /** Name or ARN of the secret that holds {username, password}. */
  DATABASE_SECRET_ARN: z.string().min(1),
  /** PEM file of the database's certificate authorities; the image brings Amazon's. */
  DATABASE_CA_FILE: z.string().optional(),
  COLOUR: z.string().default('none'),
  RELEASE_DIGEST: z.string().default('unknown'),
  INSTANCE_ID: z.string().optional(),
  PORT: count(3000),
  LEASE_SECONDS: count(30),
  LONGEST_WRITE_SECONDS: count(5),
  RENEW_SECONDS: count(PERIODS.renewMs / 1_000),
  BEAT_SECONDS: count(PERIODS.beatMs / 1_000),
  REFRESH_SECONDS: count(PERIODS.refreshMs / 1_000),
  JOB_SECONDS: count(PERIODS.jobMs / 1_000),
});

export type Settings = ReturnType<typeof parseSettings>;

/** Throws a ZodError that names the variable which is missing or does not fit. */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>) {
  const env = Environment.parse(environment);
  return {
    region: env.AWS_REGION,
    application: env.APPLICATION,
    authorityTable: env.AUTHORITY_TABLE,
    regions: env.REGIONS.split(','),
    databaseParameter: env.DATABASE_PARAMETER,
    consumersParameter: env.CONSUMERS_PARAMETER,
    databaseSecret: env.DATABASE_SECRET_ARN,
    databaseCaFile: env.DATABASE_CA_FILE,
    colour: env.COLOUR,
    digest: env.RELEASE_DIGEST,
    instance: env.INSTANCE_ID ?? hostname(),
    port: env.PORT,
    renewMs: env.RENEW_SECONDS * 1_000,
    beatMs: env.BEAT_SECONDS * 1_000,
    refreshMs: env.REFRESH_SECONDS * 1_000,
    jobMs: env.JOB_SECONDS * 1_000,
    ...writeTimes(env.LEASE_SECONDS, env.LONGEST_WRITE_SECONDS),
  };
}

/**
 * How the longest write is shared out: two fifths until it is on the socket (selection, queue, connection), two fifths
 * for the server, the rest for the network between them.
 */
export function writeTimes(leaseSeconds: number, longestWriteSeconds: number) {
  return {
    leaseMs: leaseSeconds * 1_000,
    longestWriteMs: longestWriteSeconds * 1_000,
    sendWithinMs: longestWriteSeconds * 400,
    serverWriteMs: longestWriteSeconds * 400,
  };
}
