/**
 * The workflow files of CI/CD by GitHub's own validation, and their shell steps run for real, with docker, aws, cdk, curl
 * and gh replaced by stand-ins that record how they are called.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { validate as Validate } from '@actions/languageservice';
import { marshall } from '@aws-sdk/util-dynamodb';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';
import { ReleaseDecision, releaseDecisionPattern } from '../../events/release-decision.ts';

const files = globSync('.github/workflows/*.yml').sort();

/** The package imports JSON as bundlers do, which Node refuses. */
async function validation(): Promise<typeof Validate> {
  const stdin = { contents: "export { validate } from '@actions/languageservice';", resolveDir: resolve('.') };
  const outfile = join(folder, 'validation.cjs');
  await build({ stdin, bundle: true, platform: 'node', format: 'cjs', outfile });
  return createRequire(import.meta.url)(outfile).validate;
}

describe('GitHub’s own validation of workflows', () => {
  const problems = async (file: string, text: string) =>
    (await (await validation())(TextDocument.create(`file:///${file}`, 'yaml', 1, text))).map(
      ({ range, message }) => `${range.start.line + 1}: ${message}`,
    );

  it.each(files)('objects to nothing in %s', async (file) => {
    expect(await problems(file, readFileSync(file, 'utf8'))).toEqual([]);
  });

  it('objects to a key that does not exist and to a value that nothing gives', async () => {
    const text = readFileSync('.github/workflows/ci.yml', 'utf8');
    expect(await problems('ci.yml', text.replace('runs-on:', 'runs-in:'))).not.toEqual([]);
    expect(await problems('ci.yml', text.replace('github.ref ', 'steps.nothing.outputs.x '))).not.toEqual([]);
  });
});

const DIGEST = `sha256:${'a'.repeat(64)}`;
const REPOSITORY = '111111111111.dkr.ecr.us-west-2.amazonaws.com/orders-staging';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  mkdirSync(join(folder, 'bin'));
  // Not to be waited for.
  standIn('sleep', '');
  standIn('docker', 'cat > /dev/null');
  standIn('git', 'echo 2026-11-20T10:00:00+00:00');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A command that writes its arguments down, a line a call, and then runs `script`. */
function standIn(name: string, script: string): void {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/bash\necho "${name} $*" >> "$CALLS"\n${script}\n`);
  chmodSync(file, 0o755);
}

function stepOf(file: string, job: string, name: string): string {
  const { jobs } = parse(readFileSync(`.github/workflows/${file}.yml`, 'utf8'));
  const step = jobs[job]?.steps.find((each: { name?: string }) => each.name === name);
  if (!step?.run) throw new Error(`${file}.yml has no step '${name}' with a script in job ${job}`);
  return step.run;
}

function runStep(script: string, env: Readonly<Record<string, string>>) {
  const files = {
    CALLS: join(folder, 'calls'),
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
  };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const { status, stderr, stdout } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, ...files, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  const read = (file: string) => readFileSync(file, 'utf8').trim();
  return {
    status,
    stderr,
    stdout,
    calls: read(files.CALLS).split('\n'),
    output: read(files.GITHUB_OUTPUT),
    summary: read(files.GITHUB_STEP_SUMMARY),
  };
}

describe('building the image', () => {
  const script = stepOf('release', 'image', 'Build and push, with what the release is made of as labels');
  const env = { REPOSITORY, VERSION: 'v1.2.3', REVISION: 'abc123', SCHEMA_MIN: '1', SCHEMA_MAX: '2' };
  const builds = (digest: string) => {
    standIn('aws', 'echo password');
    standIn(
      'docker',
      `cat > /dev/null; [ "$1" != buildx ] || echo '{"containerimage.digest":"${digest}"}' > build.json`,
    );
  };

  it('labels it with revision, commit time, version and schema, tags it twice, and goes on with its digest', () => {
    builds(DIGEST);
    const { status, calls, output } = runStep(script, env);
    expect(status).toBe(0);
    expect(output).toBe(`digest=${DIGEST}`);
    const buildx = calls.find((call) => call.startsWith('docker buildx build'));
    for (const part of [
      'image.revision=abc123',
      'image.created=2026-11-20T10:00:00+00:00',
      'image.version=v1.2.3',
      'mainstay.schema.min=1',
      'mainstay.schema.max=2',
      `${REPOSITORY}:v1.2.3`,
      `${REPOSITORY}:git-abc123`,
    ]) {
      expect(buildx).toContain(part);
    }
    expect(calls.some((call) => call.includes(':latest'))).toBe(false);
  });

  it('stops when the build names no digest', () => {
    builds('null');
    const { status, stderr } = runStep(script, env);
    expect([status, stderr]).toEqual([1, expect.stringContaining("named no digest but 'null'")]);
  });
});

describe('the gate of the scan', () => {
  const script = stepOf('release', 'image', 'No critical or high finding in the image');
  it.each([
    ['lets an image with none pass', '{}', 0],
    ['lets medium ones pass', '{"MEDIUM":3}', 0],
    ['stops a high one', '{"HIGH":1}', 1],
    ['stops a critical one', '{"CRITICAL":1,"LOW":2}', 1],
    ['stops a scan that gave no counts', 'null', 1],
  ])('%s', (_, counts, wanted) => {
    standIn('aws', `[ "$2" = wait ] || echo '${counts}'`);
    const { status, calls } = runStep(script, { REPOSITORY, DIGEST });
    expect(status === 0 ? 0 : 1).toBe(wanted);
    expect(calls.every((call) => call.includes(`imageDigest=${DIGEST}`) && call.includes('orders-staging'))).toBe(true);
  });

  it('stops when the scan cannot be read', () => {
    standIn('aws', '[ "$2" = wait ] || exit 254');
    expect(runStep(script, { REPOSITORY, DIGEST }).status).not.toBe(0);
  });
});

describe('the gate of the signature', () => {
  const script = stepOf('release', 'image', 'Signed by the registry');
  it.each([
    [
      'goes on once it is complete',
      'n=$(grep -c aws "$CALLS"); [ "$n" -gt 3 ] && echo COMPLETE || echo IN_PROGRESS',
      0,
      '',
    ],
    ['stops when it failed', 'echo FAILED', 1, 'signing failed'],
    ['stops when one of two failed', 'printf "COMPLETE\\tFAILED"', 1, 'signing failed'],
    ['stops when it is never done', 'echo IN_PROGRESS', 1, 'not signed after five minutes'],
    ['stops when nothing signs', 'echo ""', 1, 'not signed after five minutes'],
  ])('%s', (_, answer, wanted, says) => {
    standIn('aws', answer);
    const { status, stderr } = runStep(script, { REPOSITORY, DIGEST });
    expect([status, stderr]).toEqual([wanted, expect.stringContaining(says)]);
  });
});

describe('the push to production', () => {
  const script = stepOf('release', 'production', 'Push the very image that was tried; the push event does the rest');
  const env = {
    SOURCE: REPOSITORY,
    REPOSITORY: REPOSITORY.replace('staging', 'prod'),
    VERSION: 'v1.2.3',
    REVISION: 'abc',
    DIGEST,
  };

  it('copies by digest, and is done only when the same digest arrived', () => {
    standIn('aws', 'echo password');
    standIn('docker', `[ "$3" = inspect ] && echo "${DIGEST}" || cat > /dev/null`);
    const { status, calls } = runStep(script, env);
    expect(status).toBe(0);
    expect(calls.find((call) => call.includes('imagetools create'))).toContain(`${REPOSITORY}@${DIGEST}`);
  });

  it('stops when another image arrived', () => {
    standIn('aws', 'echo password');
    standIn('docker', '[ "$3" = inspect ] && echo "sha256:other" || cat > /dev/null');
    expect(runStep(script, env)).toMatchObject({ status: 1, stderr: expect.stringContaining('pushed sha256:other') });
  });
});

describe('the rollback', () => {
  const OLD = `sha256:${'b'.repeat(64)}`;
  const served = (releaseId: string, digest: string) => ({ releaseId, digest, colour: 'blue' });
  const lease = (executionArn: string) => ({ releaseId: 'push-3', digest: `sha256:${'c'.repeat(64)}`, executionArn });
  const EXECUTION = 'arn:aws:states:us-west-2:111111111111:execution:orders-prod-blue-green:push-3';
  const live = served('push-2', DIGEST);
  const retained = served('push-1', OLD);
  const look = (state: object | null) => {
    standIn('aws', `cat <<'STATE'\n${JSON.stringify(state && marshall(state))}\nSTATE`);
    return runStep(stepOf('rollback', 'rollback', 'Which release goes, and which comes back'), {
      APPLICATION: 'orders-prod',
    });
  };

  it.each([
    ['takes back what is under way', { lease: lease(EXECUTION), live, retained }, 'push-3', DIGEST],
    ['takes back a first release, and knows nothing of what was before', { lease: lease(EXECUTION) }, 'push-3', ''],
    ['returns from what is live to what is kept', { live, retained }, 'push-2', OLD],
    ['is not misled by who only tidies up', { lease: lease('reap/now'), live, retained }, 'push-2', OLD],
  ])('%s', (_, state, release, digest) => {
    const { status, output, calls } = look(state);
    expect([status, output]).toEqual([0, `release=${release}\ndigest=${digest}`]);
    expect(calls.join()).toContain('--table-name orders-prod-releases --consistent-read');
    expect(calls.join()).toContain('{"pk":{"S":"application#orders-prod"},"sk":{"S":"state"}}');
  });

  it.each([
    ['nothing was ever released', null],
    ['nothing is kept', { live }],
  ])('stops when %s', (_, state) => {
    expect(look(state)).toMatchObject({ status: 1, stderr: expect.stringContaining('nothing is kept to go back to') });
  });

  const asking = stepOf('rollback', 'rollback', 'Ask Mainstay for it');
  const env = { APPLICATION: 'orders-prod', RELEASE: 'push-2', ACTOR: 'alice', REASON: 'orders "vanish" $(now)' };

  it('is asked for by the event that Mainstay takes, with the name and the reason as they are', () => {
    standIn('aws', 'printf "%s" "$4" > entries; echo 0');
    expect(runStep(asking, env).status).toBe(0);
    const [entry] = JSON.parse(readFileSync(join(folder, 'entries'), 'utf8'));
    expect([entry.Source, entry.DetailType]).toEqual([
      ...releaseDecisionPattern.source,
      ...releaseDecisionPattern['detail-type'],
    ]);
    const { RELEASE: release, ACTOR: by, REASON: reason } = env;
    const detail = ReleaseDecision.shape.detail.parse(JSON.parse(entry.Detail));
    expect(detail).toEqual({ application: 'orders-prod', release, decision: 'roll-back', by, reason });
  });

  it('stops when the bus did not take the event', () => {
    standIn('aws', 'echo 1');
    expect(runStep(asking, env)).toMatchObject({ status: 1, stderr: expect.stringContaining('was not taken') });
  });
});

describe('the difference', () => {
  it.each([
    ['ci', 'diff', 'What this change would do to staging'],
    ['release', 'staging', 'Show the difference, then deploy it'],
    ['release', 'production', 'Show the difference, then deploy it'],
  ])('is shown by %s.yml, job %s', (file, job, name) => {
    standIn('npm', '');
    standIn('npx', 'echo "[+] AWS::S3::Bucket"');
    const { status, summary, calls } = runStep(stepOf(file, job, name), {});
    expect([status, summary]).toEqual([0, expect.stringContaining('[+] AWS::S3::Bucket')]);
    expect(calls.findIndex((call) => call.includes('cdk diff'))).toBeGreaterThan(0);
  });
});

describe('smoke-test.sh', () => {
  const smoke = (answer: string) => {
    standIn('curl', answer);
    return runStep(`${resolve('.github/smoke-test.sh')} https://orders.example.com ${DIGEST} 0`, {});
  };

  it('is content after ten answers in a row from the release', () => {
    const { status, calls } = smoke(`printf 'HTTP/1.1 200 OK\\r\\nx-release-digest: ${DIGEST}\\r\\n\\r\\n'`);
    expect([status, calls.length]).toEqual([0, 11]);
  });

  it('counts from the beginning when the old release answers in between', () => {
    const { status, calls } = smoke(
      `n=$(grep -c curl "$CALLS"); [ "$n" = 5 ] && d=old || d=${DIGEST}; printf 'x-release-digest: %s\\r\\n' "$d"; SECONDS=0`,
    );
    expect([status, calls.length]).toEqual([1, 5]);
  });

  it.each([
    ['the old release serves', "printf 'x-release-digest: sha256:old\\r\\n'", "serves 'sha256:old'"],
    ['nothing answers', 'exit 7', "serves 'nothing'"],
  ])('fails when %s, and says what does', (_, answer, says) => {
    expect(smoke(answer)).toMatchObject({ status: 1, stderr: expect.stringContaining(says) });
  });
});

describe('the note to Slack', () => {
  const script = stepOf('release', 'staging', 'Tell Slack');
  it('is sent as JSON, whatever is in the text', () => {
    standIn('curl', 'cat > body');
    const { status } = runStep(script, {
      WEBHOOK: 'https://hooks.slack.com/x',
      TEXT: 'v1 "quoted" on staging: success',
    });
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'body'), 'utf8'))).toEqual({ text: 'v1 "quoted" on staging: success' });
  });

  it('is left out where no webhook is configured', () => {
    expect(runStep(script, { WEBHOOK: '', TEXT: 'x' })).toMatchObject({ status: 0, calls: [''] });
  });
});
