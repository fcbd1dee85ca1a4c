/** What people see while a command works, on a terminal and in a log. */
import { describe, expect, it } from 'vitest';
import { clockText, Timeline } from '../../console/terminal.ts';

const LINE = { t: 80.2, what: 'alarm region-failing: OK → ALARM', region: 'us-east-2', actor: 'CloudWatch' };

function timeline({ isTTY = false, columns = 80, ...environment }: Record<string, unknown> = {}) {
  const written: string[] = [];
  let now = 0;
  const made = new Timeline({
    screen: { isTTY: isTTY === true, columns: Number(columns), write: (text) => written.push(text) },
    environment: environment as Record<string, string>,
    now: () => now,
  });
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { made, written, pass };
}

const moment = (t: number, text = 'us-west-2 writes') => ({ t, sinceFault: true, text });

describe('a time', () => {
  it.each([
    [0, '+00:00'],
    [277.9, '+04:37'],
    [-12, '-00:12'],
    [-0.4, '+00:00'],
    [6000, '+100:00'],
  ])('of %d s is %s', (seconds, text) => expect(clockText(seconds)).toBe(text));
});

describe('without a terminal', () => {
  it('a turning point is a plain line', () => {
    const { made, written } = timeline();
    made.entry(LINE);
    expect(written).toEqual(['  +01:20  us-east-2   CloudWatch       alarm region-failing: OK → ALARM\n']);
  });

  it('the present is told once each virtual minute', () => {
    const { made, written } = timeline();
    for (let t = -30; t <= 130; t++) made.moment(moment(t));
    expect(written.map((text) => text.trim().slice(0, 6))).toEqual(['-00:30', '+00:00', '+01:00', '+02:00']);
  });

  it('no escape sequence is written, whatever is told', () => {
    const { made, written } = timeline();
    made.heading('a drill');
    made.stage('building');
    made.entry(LINE);
    made.moment(moment(60));
    made.count(1, 10);
    made.end();
    expect(written.join('')).not.toContain('\u001b');
    expect(written.join('')).not.toContain('\r');
  });

  it('a dumb terminal is none', () => {
    const { made, written } = timeline({ isTTY: true, TERM: 'dumb' });
    made.stage('building');
    expect(written).toEqual(['  building\n']);
  });
});

describe('on a terminal', () => {
  it('the present is one line that is painted over in place', () => {
    const { made, written, pass } = timeline({ isTTY: true, NO_COLOR: '1' });
    made.moment(moment(1));
    pass(1000);
    made.moment(moment(2));
    expect(written).toEqual(['\r  +00:01  us-west-2 writes\u001b[K', '\r  +00:02  us-west-2 writes\u001b[K']);
  });

  it('it is not painted more often than anybody can see', () => {
    const { made, written, pass } = timeline({ isTTY: true, NO_COLOR: '1' });
    for (let t = 0; t < 100; t++) {
      made.moment(moment(t));
      pass(1);
    }
    expect(written).toHaveLength(2);
  });

  it('a turning point takes its place and puts it back in one write, so nothing flickers', () => {
    const { made, written } = timeline({ isTTY: true, NO_COLOR: '1' });
    made.moment(moment(80));
    made.entry(LINE);
    expect(written).toHaveLength(2);
    expect(written[1]).toBe(
      '\r\u001b[K  +01:20  us-east-2   CloudWatch       alarm region-failing: OK → ALARM\n  +01:20  us-west-2 writes',
    );
  });

  it('a line never wraps, since a wrapped one cannot be painted over', () => {
    const { made, written } = timeline({ isTTY: true, NO_COLOR: '1', columns: 30 });
    made.moment(moment(1, 'x'.repeat(200)));
    const shown = (written[0] as string).replace('\r', '').replace('\u001b[K', '');
    expect(shown.length).toBeLessThan(30);
    expect(shown).toMatch(/…$/);
  });

  it('that does not say how wide it is, is taken to be usual', () => {
    const { made, written } = timeline({ isTTY: true, NO_COLOR: '1', columns: 0 });
    made.moment(moment(1));
    expect(written[0]).toContain('us-west-2 writes');
  });

  it('is left clean', () => {
    const { made, written } = timeline({ isTTY: true, NO_COLOR: '1' });
    made.stage('building');
    made.end();
    made.end();
    expect(written.slice(1)).toEqual(['\r\u001b[K']);
  });

  it('NO_COLOR takes the colours and leaves the moving line', () => {
    const coloured = timeline({ isTTY: true });
    coloured.made.entry(LINE);
    expect(coloured.written[0]).toContain('\u001b[31m');
    const { made, written } = timeline({ isTTY: true, NO_COLOR: '1' });
    made.entry(LINE);
    made.stage('building');
    expect(written).toEqual([
      '  +01:20  us-east-2   CloudWatch       alarm region-failing: OK → ALARM\n',
      '\r  building\u001b[K',
    ]);
  });
});
