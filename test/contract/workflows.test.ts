/** The workflow files of CI/CD: valid, without static keys, without text of strangers in a shell. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly steps: readonly Step[]; readonly 'timeout-minutes'?: number; readonly environment?: string }
    >
  >;
}

const files = globSync('.github/workflows/*.yml').sort();
const textOf = (file: string) => readFileSync(file, 'utf8');
const workflow = (file: string) => parse(textOf(file)) as Workflow;
const jobsOf = (file: string) => Object.entries(workflow(file).jobs);
const stepsOf = (file: string) => jobsOf(file).flatMap(([, { steps }]) => steps);

describe.each(files)('%s', (file) => {
  it('says what it may do, and gives each job a time limit', () => {
    expect(workflow(file).permissions).toBeDefined();
    expect(jobsOf(file).filter(([, job]) => job['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('puts no expression into a shell: they come as variables', () => {
    expect(stepsOf(file).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('reaches AWS by a role and never by keys', () => {
    expect(textOf(file)).not.toMatch(/aws-(access-key-id|secret-access-key)|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)/);
    const logins = stepsOf(file).filter(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials'));
    expect(logins.filter((login) => typeof login.with?.['role-to-assume'] !== 'string')).toEqual([]);
  });

  it('uses nobody’s actions but GitHub’s and AWS’s', () => {
    const used = stepsOf(file).flatMap(({ uses }) => (uses ? [uses] : []));
    expect(used.filter((name) => !/^(actions|github|aws-actions)\/[\w/-]+@v\d+$/.test(name))).toEqual([]);
  });
});

describe('release.yml', () => {
  const { jobs } = workflow('.github/workflows/release.yml');

  it('changes production only in an environment that a person has to approve, after staging', () => {
    const job = jobs.production as unknown as { environment: string; needs: string[] };
    expect(job.environment).toBe('production');
    expect(job.needs).toContain('staging');
  });

  it('refuses an image with findings, and an unsigned one, before anything is deployed', () => {
    const names = jobs.image?.steps.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['No critical or high finding in the image', 'Signed by the registry']),
    );
    expect((jobs.staging as unknown as { needs: string }).needs).toBe('image');
  });
});

describe('rollback.yml', () => {
  const file = '.github/workflows/rollback.yml';
  const { on, jobs } = workflow(file) as Workflow & { readonly on: Readonly<Record<string, unknown>> };

  it('is started by a person and by nothing else, and asks why', () => {
    expect(Object.keys(on)).toEqual(['workflow_dispatch']);
    expect(on.workflow_dispatch).toMatchObject({ inputs: { reason: { required: true } } });
  });

  it('waits for no approval, and has a role of its own', () => {
    expect(jobs.rollback?.environment).not.toBe(workflow('.github/workflows/release.yml').jobs.production?.environment);
    const login = stepsOf(file).find(({ uses }) => uses?.startsWith('aws-actions/'));
    expect(login?.with?.['role-to-assume']).toBe('${{ vars.ROLLBACK_ROLE }}');
  });

  it('asks Mainstay, and touches neither weights nor machines itself', () => {
    const commands = stepsOf(file).flatMap(({ run = '' }) => run.match(/aws [a-z0-9-]+ [a-z-]+/g) ?? []);
    expect(commands).toEqual(['aws dynamodb get-item', 'aws events put-events']);
  });
});
