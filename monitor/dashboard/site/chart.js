import { el, svg, table } from './dom.js';

const W = 400, H = 150, L = 40, R = 6, T = 10, B = 20;
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const clock = t => new Date(t).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

// chart draws up to three series {name, points: Map(ms -> value)} over the
// minutes of [from, to). A minute without a value breaks the line; gaps
// [{from, to}] are shaded: there the number is unknown.
export function chart(title, unit, series, gaps, from, to) {
  const top = Math.max(1e-9, ...series.flatMap(s => [...s.points.values()])) * 1.08;
  const x = t => L + (t - from) / (to - from) * (W - L - R);
  const y = v => H - B - v / top * (H - T - B);
  const g = svg('svg', { viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  for (const gap of gaps) {
    const a = Math.max(from, gap.from), b = Math.min(to, gap.to);
    if (b > a) g.append(svg('rect', { class: 'gap', x: x(a), y: T, width: Math.max(1, x(b) - x(a)), height: H - T - B }));
  }
  for (const part of [0, .5, 1]) {
    const v = top * part;
    g.append(svg('line', { class: 'grid', x1: L, x2: W - R, y1: y(v), y2: y(v) }), svg('text', { x: L - 4, y: y(v) + 3, 'text-anchor': 'end' }, number.format(v)));
  }
  g.append(svg('text', { x: L, y: H - 5 }, clock(from)), svg('text', { x: W - R, y: H - 5, 'text-anchor': 'end' }, clock(to)));
  series.forEach((s, i) => {
    let d = '', run = 0, last = 0;
    const end = () => { if (run === 1) g.append(svg('path', { class: `line dot s${i}`, d: `M${x(last)} ${y(s.points.get(last))}h.01` })); run = 0; };
    for (let t = from; t < to; t += 60000) {
      if (!s.points.has(t)) { end(); continue; }
      d += `${run++ ? 'L' : 'M'}${x(t)} ${y(s.points.get(t))}`;
      last = t;
    }
    end();
    g.append(svg('path', { class: `line s${i}`, d }));
  });
  const minutes = [...new Set(series.flatMap(s => [...s.points.keys()]))].sort((a, b) => a - b);
  return el('figure', null,
    el('figcaption', null, el('b', null, title), unit, series.map((s, i) => el('span', { class: `k${i}` }, '━ ' + s.name)), gaps.length ? el('span', { class: 'bad' }, '▒ not reported') : null),
    g,
    el('div', { class: 'hidden' }, table(['minute', ...series.map(s => s.name)], minutes.map(m => [clock(m), ...series.map(s => s.points.has(m) ? number.format(s.points.get(m)) : '–')]))));
}
