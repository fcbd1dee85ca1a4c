/** The parts of the HTML report, and that nothing a log or a person says can become markup in it. */
import { describe, expect, it } from 'vitest';
import { writerTracks } from '../../console/drills/region-failover/writers.ts';
import { charts } from '../../console/report/charts.ts';
import { gantt } from '../../console/report/gantt.ts';
import { renderReport } from '../../console/report/html.ts';
import { dark, light, type Palette } from '../../console/report/palette.ts';
import { percent } from '../../console/report/plot.ts';
import { dotOf, stateGraph } from '../../console/report/state-graph.ts';
import { element, escapeText, secondsText, ticks } from '../../console/report/svg.ts';
import { model, result } from './samples.ts';

const HOSTILE = `"><script>alert('x')</script>&<img src=x onerror=alert(1)>`;

describe('markup', () => {
  it('escapes every character that means something in it', () => {
    expect(escapeText(`<a href="x">'&'</a>`)).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;&#39;&#60;/a&#62;');
  });
  it('escapes attributes and rounds numbers', () => {
    expect(element('rect', { x: 1.23456, title: '"' })).toBe('<rect x="1.23" title="&#34;"/>');
  });
  it('closes elements of HTML, which may not close themselves', () => {
    expect(element('span', {})).toBe('<span></span>');
  });
  it('says seconds as they matter', () => {
    expect([0.04, 81.149, 239.7].map(secondsText)).toEqual(['0 s', '81.1 s', '240 s']);
  });
});

describe('a time axis', () => {
  it('has round ticks inside the range', () => {
    expect(ticks(-30, 305, 7)).toEqual([0, 60, 120, 180, 240, 300]);
    expect(ticks(0, 10, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
  it('keeps what lies outside at its edges', () => {
    const span = { from: -10, until: 90 };
    expect([-50, -10, 40, 90, 500].map((t) => percent(t, span))).toEqual([0, 0, 50, 100, 100]);
  });
  it('of no length divides by nothing', () => expect(percent(5, { from: 5, until: 5 })).toBe(0));
});

describe('the critical path', () => {
  const drawn = gantt(model().bars, model().floor);
  it('has a bar for each part, to scale', () => {
    expect(drawn).toContain('style="left:0%;width:66.12%" title="Detection: 80 s"');
    expect(drawn).toContain('title="Promote database: 40 s"');
  });
  it('has the floor below it, part after part', () => {
    expect(drawn).toContain('title="dwell: at least 60 s"');
    expect(drawn).toMatch(/left:49\.59%;width:33\.05%" title="promote: at least 40 s"/);
    expect(drawn).toContain('The floor, 100 s,');
  });
});

describe('users and writers', () => {
  const drawn = charts(model());
  it('say in words what each bar shows', () => {
    expect(drawn).toContain('<title>+00:00: 0 served, 18 lost</title>');
    expect(drawn).toContain('aria-label="users’ requests over time: 457 served, 1050 lost"');
    expect(drawn).toContain('epoch 1: 9 writes, -00:05 to +00:00');
  });
  it('name a region that never writes', () => expect(drawn).toContain('us-east-2 never writes'));
  it('are there in numbers too', () => expect(drawn).toContain('<td>0</td><td>18</td>'));
  it('survive a drill without requests', () => {
    expect(charts(model({ buckets: [], tracks: writerTracks([], []), marks: [] }))).toContain('<svg');
  });
});

describe('the state graph', () => {
  const { graph, visits } = model();
  const dot = dotOf(graph, visits);
  it('marks the states and edges that were gone through', () => {
    expect(dot).toContain('"Assess" [label="Assess\\n1 s", class="taken"]');
    expect(dot).toContain('"Give up" [label="Give up", class="idle"]');
    expect(dot).toContain('"Assess" -> "Both" [class="taken"]');
    expect(dot).toContain('"Both" -> "Scale up" [class="taken"]');
  });
  it('draws failures that did not happen once for all', () => {
    expect(dot).not.toContain('"Assess" -> "Give up"');
    expect(dot).toContain('"any step fails" -> "Give up" [class="idle", style=dashed]');
  });
  it('draws a failure that only one state can have from there', () => {
    expect(dot).toContain('"Give up" -> "Assess" [class="idle", style=dashed]');
  });
  it('takes the next state to begin for the one that followed, however long the service took', () => {
    const late = [
      { name: 'Assess', from: 0, until: 1 },
      { name: 'Both', from: 1.3, until: 2 },
      { name: 'Give up', from: 2.2, until: 3 },
    ];
    expect(dotOf(graph, late)).toContain('"Assess" -> "Both" [class="taken"]');
    expect(dotOf(graph, late)).not.toContain('"Assess" -> "Give up" [class="taken"]');
  });
  it('counts a state that was entered again', () => {
    const again = dotOf(graph, [...visits, { name: 'Scale up', from: 82, until: 84 }]);
    expect(again).toContain('"Scale up\\n2 times, 3 s"');
  });
  it('becomes one drawing with one title', async () => {
    const svg = await stateGraph(graph, visits);
    expect(svg).toMatch(/^<svg[^>]* role="img"><title>State machine; 4 of 5 states were entered<\/title>/);
    expect(svg.match(/<title>/g)).toHaveLength(1);
  });
});

describe('the whole report', () => {
  it('lets no text become markup', async () => {
    const html = await renderReport(
      model({
        title: HOSTILE,
        story: HOSTILE,
        result: result({
          scenario: HOSTILE,
          outcome: HOSTILE,
          timeline: [{ t: 0, what: HOSTILE, region: HOSTILE, actor: HOSTILE }],
          invariants: { checked: ['x'], violated: [{ id: 'x', message: HOSTILE }] },
        }),
        graph: { states: [{ name: HOSTILE, works: true }], edges: [] },
        visits: [{ name: HOSTILE, from: 0, until: 1 }],
        bars: [{ name: HOSTILE, from: 0, until: 1, kind: 'step' }],
        floor: [{ what: HOSTILE, seconds: 1, why: HOSTILE }],
        figures: [{ name: HOSTILE, value: HOSTILE, says: HOSTILE }],
        tracks: {
          heading: HOSTILE,
          says: HOSTILE,
          rows: [{ name: HOSTILE, value: HOSTILE, boxes: [{ from: 0, until: 1, kind: 'step', title: HOSTILE }] }],
        },
        marks: [{ t: 0, what: HOSTILE }],
        checked: [{ id: 'x', text: HOSTILE, lookedAt: HOSTILE }],
      }),
    );
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&#60;script&#62;');
  });

  it('says what was violated and by what', async () => {
    const violated = [{ id: 'region-failover/I1', message: 'both took writes at 7 s' }];
    const html = await renderReport(model({ result: result({ invariants: { checked: ['x'], violated } }) }));
    expect(html).toContain('violated</b>');
    expect(html).toContain('both took writes at 7 s');
    expect(html).toContain('class="verdict bad">broken');
  });

  it('shows no machine and no path where none was needed', async () => {
    const html = await renderReport(model({ bars: [], visits: [] }));
    expect(html).not.toContain('The machine, and the path it took');
    expect(html).not.toContain('The way to recovery');
  });
});

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s colours', (_name, palette: Palette) => {
  it.each(['ink', 'dim', 'good', 'bad'] as const)('let %s text be read, on the page and on panels', (name) => {
    expect(contrast(palette[name], palette.paper)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette[name], palette.panel)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(['step', 'world', 'floor', 'other', 'mark', 'good', 'bad'] as const)('let a bar of %s be seen', (name) => {
    expect(contrast(palette[name], palette.paper)).toBeGreaterThanOrEqual(3);
  });
});
