/** What may be configured, with units and limits. Read by infra/config/index.ts; a value that does not fit is refused by name. */
import * as z from 'zod';

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region name such as us-west-2');
const seconds = z.number().int().positive();

const Recovery = z.strictObject({
  /** critical: automatic promotion; standard: a person decides. */
  tier: z.enum(['critical', 'standard']),
  /** How long two observers must agree before anything is promoted. */
  dwellSeconds: seconds.min(30),
  /** An observation older than this is silence. */
  observationAgeSecondsMax: seconds,
  /** Promote without asking only while the standby is at most this far behind. */
  lagSecondsMax: seconds,
  /** No second automatic failover within this time. */
  cooldownSeconds: seconds,
  /** Share of the lost region's capacity that must serve before traffic moves. */
  minimumCapacityPercent: z.number().int().min(1).max(100),
  /** Consecutive write–read–delete probes through public DNS that make a success. */
  probes: z.number().int().min(1).max(10),
  /** How long a person may take to answer before the safe default (decline) holds. */
  decisionSecondsMax: seconds,
  /** The write lease; see docs/decisions/002-write-authority.md. */
  leaseSeconds: seconds,
  driftSeconds: seconds,
  longestWriteSeconds: seconds,
});

const Release = z.strictObject({
  /** weighted: by steps; atomic: all at once, then the same watch. */
  mode: z.enum(['weighted', 'atomic']),
  /** Percent of the requests that the new release gets, ascending; the last is 100. */
  steps: z.array(z.number().int().min(1).max(100)).min(1).max(10),
  /** How long a step is watched, and how long at most while the evidence is not enough. */
  stepSeconds: seconds.min(60),
  stepSecondsMax: seconds,
  /** The same at 100 %, before the release is committed. */
  bakeSeconds: seconds.min(60),
  bakeSecondsMax: seconds,
  /** How long the old colour stays ready for a rollback. */
  retainHours: z.number().int().min(1).max(72),
  /** Share of requests that may fail; above it a release is rolled back. */
  errorPercentMax: z.number().positive().max(50),
  /** The 95th percentile of the answers' time. */
  p95SecondsMax: z.number().positive(),
  /** Requests without which a commit proves nothing; 299 without one error bound the rate below 1 %. */
  requestsMin: z.number().int().min(1),
  /** Consecutive looks at all machines of the new colour that must find them healthy. */
  healthyLooks: z.number().int().min(1).max(10),
  /** How long scan and signature may take before the push is refused. */
  evidenceSecondsMax: seconds,
  /** A person must approve before users are sent; no answer in time is no. */
  approval: z.boolean(),
  approvalSecondsMax: seconds,
  /** A release that a person paused is rolled back after this. */
  pauseSecondsMax: seconds,
  /** While the old colour is kept: supersede ends the retention early, hold waits for its end. */
  secondPush: z.enum(['supersede', 'hold']),
  /** What a release's tag looks like, as an EventBridge wildcard; other tags are not deployed. */
  tagPattern: z.string().min(1),
  /** Asked of the new colour before any user is; each must answer 200. */
  smokePaths: z.array(z.string().startsWith('/')).min(1),
  /** Alarms that must be OK besides Mainstay's own of each colour. */
  alarms: z.array(z.string()),
  /** ARN of the one Signer profile that is trusted. Without it: the stacks' own, of both serving regions. */
  signingProfile: z.string().startsWith('arn:aws:signer:').optional(),
  /**
   * Root certificates that a signature may come from, each by the SHA-256 of the certificate itself:
   * `openssl x509 -in root.crt -noout -fingerprint -sha256`, without the colons.
   */
  signingRoots: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of a root certificate, 64 lower case hexadecimal digits'))
    .min(1, 'names no root, so no signature could ever be believed'),
  /** Name of a function that migrates the database: asked to expand before users are sent, to contract after the retention. */
  migrationFunction: z.string().optional(),
});

const Schedule = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'lower case letters, digits and hyphens'),
  hour: z.number().int().min(0).max(23),
  minute: z.number().int().min(0).max(59).default(0),
  days: z.enum(['all', 'working']).default('all'),
  min: z.number().int().min(1),
});
export type Schedule = z.infer<typeof Schedule>;

export const Configuration = z
  .strictObject({
    environment: z.enum(['dev', 'staging', 'prod']),
    application: z.string().regex(/^[a-z][a-z0-9]{1,15}$/, 'lower case letters and digits, at most 16'),
    owner: z.string().min(1),
    costCenter: z.string().min(1),
    /** Public name of the application; its zone exists already. */
    domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]+$/, 'a lower case domain name'),
    regions: z.strictObject({
      /** The two serving regions; the first writes after the first deployment. Later it is data, not configuration. */
      serving: z.tuple([region, region]),
      /** Votes and keeps the third copy of the authority; serves nothing. */
      witness: region,
    }),
    network: z.strictObject({
      /** One block per serving region, in their order; they must not overlap. */
      cidrs: z.tuple([z.cidrv4(), z.cidrv4()]),
      azCount: z.union([z.literal(2), z.literal(3)]),
      natGateways: z.number().int().min(1).max(3),
    }),
    compute: z.strictObject({
      /** What runs the colours: Auto Scaling groups, or ECS services on Fargate. */
      kind: z.enum(['ec2', 'fargate']).default('ec2'),
      /** Tag of the image that Fargate tasks run until the first release; its digest is named as for instances. */
      firstTag: z.string().min(1).default('1.0.0'),
      instanceType: z.string().regex(/^[a-z0-9]+\.[a-z0-9]+$/, 'an EC2 instance type such as m7g.large'),
      min: z.number().int().min(1),
      max: z.number().int().min(1),
      /** How long a Fargate task may take to start before the load balancer's verdict ends it. */
      graceSeconds: seconds.default(60),
      /** Share of the processors that scaling aims at: more machines soon above it, fewer slowly below (req W1, W2). */
      cpuPercent: z.number().int().min(10).max(90).default(70),
      /** The least machines from a time of day on, in UTC. None is carried out while a release is under way. */
      schedules: z.array(Schedule).default([]),
    }),
    data: z.strictObject({
      engine: z.literal('documentdb'),
      engineVersion: z.string(),
      instanceClass: z.string().startsWith('db.'),
      instances: z.number().int().min(1).max(16),
      retentionDays: z.number().int().min(1).max(35),
    }),
    alb: z.strictObject({
      healthPath: z.string().startsWith('/'),
      healthIntervalSeconds: z.number().int().min(5).max(300),
      healthyCount: z.number().int().min(2).max(10),
      unhealthyCount: z.number().int().min(2).max(10),
      deregistrationSeconds: z.number().int().min(0).max(3600),
      /** How long a client keeps its colour, as the forward rule is first made; 0 is not at all. */
      stickySeconds: z.number().int().min(0).max(604_800),
    }),
    app: z.strictObject({ port: z.number().int().min(1024).max(65535) }),
    recovery: Recovery,
    release: Release,
    /** Who is told; an email address that subscribes to the operations topic. */
    operationsEmail: z.email(),
  })
  .superRefine((configuration, context) => {
    if (configuration.compute.min > configuration.compute.max) {
      context.addIssue({
        code: 'custom',
        path: ['compute', 'min'],
        message: `${configuration.compute.min} is above compute.max ${configuration.compute.max}`,
      });
    }
    for (const [index, { min }] of configuration.compute.schedules.entries()) {
      if (min <= configuration.compute.max) continue;
      context.addIssue({
        code: 'custom',
        path: ['compute', 'schedules', index, 'min'],
        message: `${min} is above compute.max ${configuration.compute.max}`,
      });
    }
    if (configuration.network.cidrs[0] === configuration.network.cidrs[1]) {
      context.addIssue({ code: 'custom', path: ['network', 'cidrs'], message: 'the two regions share a block' });
    }
    const { steps, stepSeconds, stepSecondsMax, bakeSeconds, bakeSecondsMax } = configuration.release;
    const ascending = steps.every((percent, index) => index === 0 || percent > (steps[index - 1] ?? 0));
    if (!ascending || steps.at(-1) !== 100) {
      context.addIssue({ code: 'custom', path: ['release', 'steps'], message: 'must ascend and end with 100' });
    }
    for (const [name, least, most] of [
      ['stepSecondsMax', stepSeconds, stepSecondsMax],
      ['bakeSecondsMax', bakeSeconds, bakeSecondsMax],
    ] as const) {
      if (most < least) {
        context.addIssue({ code: 'custom', path: ['release', name], message: `${most} is less than ${least}` });
      }
    }
    const { longestWriteSeconds, leaseSeconds, dwellSeconds, driftSeconds, lagSecondsMax } = configuration.recovery;
    if (lagSecondsMax < leaseSeconds + driftSeconds) {
      context.addIssue({
        code: 'custom',
        path: ['recovery', 'lagSecondsMax'],
        message: `${lagSecondsMax} is less than a writer that is cut off may store until its lease ends, ${leaseSeconds + driftSeconds} s; every failover would ask a person`,
      });
    }
    if (longestWriteSeconds >= leaseSeconds) {
      context.addIssue({
        code: 'custom',
        path: ['recovery', 'longestWriteSeconds'],
        message: `${longestWriteSeconds} leaves no time to write within a lease of ${leaseSeconds}`,
      });
    }
    if (leaseSeconds > dwellSeconds) {
      context.addIssue({
        code: 'custom',
        path: ['recovery', 'leaseSeconds'],
        message: `${leaseSeconds} is longer than dwellSeconds ${dwellSeconds}; waiting it out would delay every failover`,
      });
    }
  });

export type Configuration = z.infer<typeof Configuration>;
