/** The report's style sheet: one column, pictures of plain boxes that fit any width, light or dark as the reader has it. */
import { dark, light, properties } from './palette.ts';

export const STYLE = `
:root{color-scheme:light dark;--name:15rem;--value:4.5rem;${properties(light)}}
@media (prefers-color-scheme:dark){:root{${properties(dark)}}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:64rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2.4rem 0 .6rem}
p{margin:.4rem 0}.dim{color:var(--dim)}.good{color:var(--good)}.bad{color:var(--bad)}
code{font:.92em ui-monospace,monospace;background:var(--panel);padding:.1em .3em;border-radius:4px;overflow-wrap:anywhere}
.verdict{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 .7rem;font-weight:600;margin-right:.4rem}
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:.6rem;margin:1.2rem 0;padding:0}
.figures div{background:var(--panel);border-radius:8px;padding:.5rem .8rem}.figures dt{color:var(--dim);font-size:.85rem}
.figures dd{margin:0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums}.figures dd small{display:block;font-size:.8rem;font-weight:400;color:var(--dim)}
figure{margin:0}figcaption{color:var(--dim);font-size:.9rem;margin:.5rem 0}
.plot{position:relative;padding-top:1.7rem}
.row{display:grid;grid-template-columns:var(--name) 1fr var(--value);gap:0 .6rem;align-items:center;padding:.15rem 0}
.name{text-align:right;font-size:.87rem;line-height:1.25}.value{font-size:.87rem;font-variant-numeric:tabular-nums;white-space:nowrap}
.track{position:relative;height:1.1rem;min-width:0}.track i{position:absolute;top:0;bottom:0;min-width:2px;border-radius:3px;background:var(--step)}
.track i.world{background:var(--world)}.track i.floor{background:var(--floor);opacity:.75}.track i.other{background:var(--other)}
.track.tall{height:8rem}.track svg{position:absolute;inset:0;width:100%;height:100%}
.axis .track{height:1.2rem}.axis b{position:absolute;transform:translateX(-50%);font:.78rem system-ui,sans-serif;color:var(--dim);white-space:nowrap}.axis b.end{transform:translateX(-100%)}
.over{position:absolute;pointer-events:none;top:0;bottom:1.4rem;left:calc(var(--name) + .6rem);right:calc(var(--value) + .6rem)}
.over i{position:absolute;top:1.6rem;bottom:0;border-left:1px solid var(--line)}.over .mark{top:1.2rem;border-left:2px dashed var(--mark)}
.over b{position:absolute;transform:translateX(-50%);width:1.25rem;height:1.25rem;border-radius:50%;background:var(--mark);color:var(--paper);font:700 .8rem/1.25rem system-ui,sans-serif;text-align:center;top:0}
.marks{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;margin:.5rem 0;font-size:.9rem}
.marks b{display:inline-block;width:1.25rem;height:1.25rem;border-radius:50%;background:var(--mark);color:var(--paper);font-size:.8rem;line-height:1.25rem;text-align:center;margin-right:.35rem}
.keys>span{white-space:nowrap;margin-right:.8rem}.key{display:inline-block;width:.8rem;height:.8rem;border-radius:2px;margin:0 .35rem 0 0;vertical-align:-.05rem}
.key.step{background:var(--step)}.key.world{background:var(--world)}.key.floor{background:var(--floor)}.key.served,.served{fill:var(--good);background:var(--good)}.key.failed,.failed{fill:var(--bad);background:var(--bad)}
.divider{border-top:1px solid var(--line);margin:.5rem 0 .2rem}
table{border-collapse:collapse;width:100%;font-size:.93rem}td,th{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--dim);font-weight:500;font-size:.85rem}td.t{white-space:nowrap;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
details summary{cursor:pointer;color:var(--dim);font-size:.9rem;margin:.4rem 0}
.wide{display:none;color:var(--dim);font-size:.9rem}.graph{overflow-x:auto;text-align:center}.graph svg{max-width:100%;height:auto}
.graph text{fill:var(--ink)}.graph .idle text{fill:var(--dim)}.graph .cluster polygon,.graph .cluster path{stroke:var(--line);fill:none}
.graph .node path,.graph .node polygon,.graph .node ellipse{stroke:var(--floor);fill:none}.graph .edge path{stroke:var(--floor)}.graph .edge polygon{stroke:var(--floor);fill:var(--floor)}
.graph .idle path,.graph .idle polygon,.graph .idle ellipse{stroke-opacity:.6}.graph .idle polygon{fill-opacity:.6}.graph .node.idle polygon{fill:none}
.graph .node.taken path,.graph .node.taken polygon{stroke:var(--step);fill:var(--panel);stroke-width:2}.graph .edge.taken path{stroke:var(--step);stroke-width:2.5}.graph .edge.taken polygon{stroke:var(--step);fill:var(--step)}
@media (max-width:40rem){
body{margin:1rem auto}.figures{grid-template-columns:1fr 1fr}.name,.value{position:relative;z-index:1;background:var(--paper);justify-self:start;padding-right:.3rem}.row{grid-template-columns:1fr auto}.name{text-align:left}.row .track{grid-column:1/-1;grid-row:2}.row.axis .track{grid-row:1}
.over{left:0;right:0}.track.tall{height:6rem}.graph svg{max-width:none;width:46rem}.wide{display:block}
table.stack thead{display:none}table.stack tr{display:block;border-bottom:1px solid var(--line);padding:.35rem 0}table.stack td{display:inline;border:0;padding:0 .6rem 0 0}table.stack td.what{display:block}}
@media print{body{max-width:none}.graph svg{max-width:100%}}
`.trim();
