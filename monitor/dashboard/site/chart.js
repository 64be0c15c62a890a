import { el, svg } from './dom.js';
import { clock } from './format.js';

const W = 1000, H = 100, minute = 60000;

// The minute that the pointer is at in any chart; all of them show it.
let pointed = null, shown = [];
function point(t) {
  pointed = t;
  for (const c of shown) c.show();
}
// prune forgets the charts that are no longer on the page.
export function prune() { shown = shown.filter(c => c.plot.isConnected); }

// scale returns a round number ≥ max whose half is round too.
function scale(max, whole) {
  if (whole && max <= 2) return 2;
  if (max <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(max));
  return [1, 2, 4, 6, 8, 10].find(n => n * unit >= max * 0.999) * unit;
}

// chart draws series {name, points: Map(ms -> value)} over span {from, to, now}.
// A minute without a value breaks the line. gaps [{from, to}] are shaded:
// there somebody did not report, so that what is drawn may be too low. The minute
// that is not over is drawn faint.
export function chart({ title, unit, whole, format, series, gaps, span }) {
  const { from, to, now } = span;
  const top = scale(Math.max(0, ...series.flatMap(s => [...s.points.values()])), whole);
  const x = t => (t - from) / (to - from) * W, y = v => H - v / top * H, mid = t => x(t + minute / 2);
  const running = Math.floor(now / minute) * minute;
  const plot = svg('svg', { viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: 'none', role: 'img' });
  for (const v of [0, .5, 1]) plot.append(svg('line', { class: 'grid', x1: 0, x2: W, y1: H * v, y2: H * v }));
  for (const gap of gaps) {
    const a = x(Math.max(from, gap.from)), b = x(Math.min(to, gap.to));
    if (b > a) plot.append(svg('rect', { class: 'gap', x: a, y: 0, width: Math.max(3, b - a), height: H }));
  }
  series.forEach((s, i) => plot.append(...lines(s.points, i)));
  const cross = plot.appendChild(svg('line', { class: 'cross', y1: 0, y2: H }));

  function lines(points, i) {
    const all = [];
    let d = '', n = 0, last = null;
    const end = () => {
      if (n === 1) d += 'h.01';
      if (d) all.push(svg('path', { class: `line s${i}` + (n === 1 ? ' dot' : ''), d }));
      d = '';
      n = 0;
    };
    for (let t = from; t < to; t += minute) {
      const v = points.get(t);
      if (v === undefined) { end(); last = null; continue; }
      if (t >= running) {
        end();
        if (last !== null) all.push(svg('path', { class: `line s${i} faint`, d: `M${mid(last)} ${y(points.get(last))}L${mid(t)} ${y(v)}` }));
        all.push(svg('path', { class: `line s${i} dot faint`, d: `M${mid(t)} ${y(v)}h.01` }));
        continue;
      }
      d += `${n++ ? 'L' : 'M'}${mid(t)} ${y(v)}`;
      last = t;
    }
    end();
    return all;
  }

  const values = series.map(() => el('b')), when = el('span', { class: 'when' });
  function show() {
    const inside = pointed !== null && pointed >= from && pointed < to;
    const t = inside ? pointed : running - minute;
    when.textContent = clock(t) + (t === running ? ', not over yet' : '');
    series.forEach((s, i) => { values[i].textContent = s.points.has(t) ? format(s.points.get(t)) : '–'; });
    cross.setAttribute('class', inside ? 'cross on' : 'cross');
    cross.setAttribute('x1', mid(t));
    cross.setAttribute('x2', mid(t));
    plot.setAttribute('aria-label', `${title}, ${unit}, ${when.textContent}: ` + series.map((s, i) => s.name + ' ' + values[i].textContent).join(', '));
  }
  plot.addEventListener('pointermove', e => {
    const box = plot.getBoundingClientRect();
    point(from + Math.floor((e.clientX - box.left) / box.width * (to - from) / minute) * minute);
  });
  plot.addEventListener('pointerleave', () => point(null));
  shown.push({ plot, show });
  show();
  return el('figure', null,
    el('figcaption', null, el('strong', null, title), el('span', { class: 'dim' }, unit), when,
      series.map((s, i) => el('span', { class: 'key k' + i }, s.name, ' ', values[i]))),
    el('div', { class: 'plot' },
      el('div', { class: 'ys', 'aria-hidden': 'true' }, [1, .5, 0].map(v => el('span', null, v ? format(top * v) : '0'))), plot,
      el('div', { class: 'xs', 'aria-hidden': 'true' }, [0, 1 / 3, 2 / 3, 1].map(v => el('span', null, clock(from + v * (to - from)))))));
}
