/** 10,000 malformed or oversized requests over raw sockets, and a process whose memory stays flat. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random, seedStream } from '../../../simulator/random.ts';
import { sdk } from './endpoint.ts';
import { type Malformed, malformed, malformedKinds } from './malformed.ts';

const COUNT = 10_000;
const AT_ONCE = 24;
const SEED = 1;

let target: ChildProcess;
let port: number;
beforeAll(async () => {
  target = fork(join(import.meta.dirname, 'target.ts'), {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
  });
  [{ port }] = (await once(target, 'message')) as [{ port: number }];
});
afterAll(() => target.kill());

/** Bytes that the process still uses after a collection, and what it logged. */
async function measured(): Promise<{ bytes: number; lines: string[] }> {
  target.send('measure');
  const [answer] = (await once(target, 'message')) as [{ bytes: number; lines: string[] }];
  return answer;
}

/** Sends it and waits for one whole answer or the end of the connection. */
function answerTo({ bytes, cut }: Malformed): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    let answer = '';
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(5_000, () => {
      answer = `silence after: ${answer}`;
      done();
    });
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (isWhole(answer)) done();
    });
    socket.on('error', done).on('close', done);
    if (cut) socket.end(bytes);
    else socket.write(bytes);
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const length = /^content-length: (\d+)/im.exec(answer.slice(0, end))?.[1];
  return end >= 0 && length !== undefined && answer.length >= end + 4 + Number(length);
}

/** What is wrong with an answer; undefined when it is as it should be. */
function complaint(answer: string): string | undefined {
  if (answer === '' || answer.startsWith('HTTP/1.1 100 ')) return undefined;
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  if (!status) return 'no HTTP';
  if (/\bat .*:\d+:\d+|node_modules|\.ts\b|\/home\/|TypeError|RangeError/.test(body)) return 'tells of the inside';
  if (status < 400) return undefined;
  if (status === 500) return 'internal error';
  if (body === '' || /<Code>\w+<\/Code>/.test(body)) return undefined;
  return /"__type":"[\w.#]+"/.test(body) ? undefined : 'no error of AWS';
}

describe('mainstay local under malformed requests', () => {
  it(`answers ${COUNT} of them with AWS's errors or closes, stays up, and keeps its memory`, async () => {
    const made = (number: number) => malformed(new Random(seedStream(SEED, `request ${number}`)), port);
    const complaints: string[] = [];
    const answers: Record<string, Record<string, number>> = {};
    const used: number[] = [];
    const logged = new Set<string>();
    const started = performance.now();
    for (let sent = 0; sent < COUNT; ) {
      const batch = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => made(sent + i)));
      const got = await Promise.all(batch.map(answerTo));
      for (const [i, answer] of got.entries()) {
        const { kind = '', bytes } = batch[i] ?? {};
        const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 'closed';
        answers[kind] ??= {};
        const counts = answers[kind];
        counts[status] = (counts[status] ?? 0) + 1;
        const wrong = complaint(answer);
        if (wrong)
          complaints.push(
            `${kind}: ${wrong}: ${Buffer.from(bytes ?? [])
              .toString('latin1')
              .slice(0, 900)} → ${answer.slice(0, 300)}`,
          );
      }
      sent += batch.length;
      if (Math.floor(sent / 1_000) > used.length) {
        const { bytes, lines } = await measured();
        used.push(bytes);
        for (const line of lines) logged.add(line);
      }
    }
    const megabytes = used.map((bytes) => Math.round(bytes / 104_857.6) / 10);
    console.log(
      `${COUNT} requests in ${Math.round(performance.now() - started)} ms; MB in use: ${megabytes.join(' ')}`,
    );
    expect(complaints.slice(0, 10)).toEqual([]);
    expect([...logged].filter((line) => line.startsWith('internal error'))).toEqual([]);
    expect(Object.keys(answers).sort()).toEqual([...malformedKinds].sort());
    expect(target.exitCode).toBeNull();
    const identity = await sdk('sts', { url: `http://127.0.0.1:${port}` }).call('GetCallerIdentity');
    expect(identity.Account).toBe('111111111111');
    // What is compiled and cached on first use has been by the half; a leak of 130 bytes a request shows in the rest.
    const growth = Math.max(...used.slice(-2)) - Math.min(...used.slice(5));
    expect(growth).toBeLessThan(512 * 1024);
  }, 120_000);
});
