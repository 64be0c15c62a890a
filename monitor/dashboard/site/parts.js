import { el, card, note, table } from './dom.js';
import { chart } from './chart.js';
import { calls } from './api.js';
import { ago, brief, count, duration, percent, seconds } from './format.js';

// state is told by a word, a mark and a colour.
const state = s => el('span', { class: 'state ' + (s === 'up' ? 'good' : s === 'gone' ? 'dim' : 'warn') }, s);

const goneLast = list => list.toSorted((a, b) => (a.state === 'gone') - (b.state === 'gone'));

export function providers(list, now) {
  if (!list.length) return note('No provider stands in the registry: calls fail.');
  return table([['address', 'whole'], ['application'], ['weight', 'num'], ['state', 'whole'], ['for', 'num'], ['release', 'whole'], ['pid', 'num']],
    goneLast(list).map(p => [p.address, p.application, p.weight ?? 0, state(p.state), ago(now - Date.parse(p.since)), p.release ?? '', p.pid ?? '']));
}

export function consumers(list, now) {
  if (!list.length) return note('Nobody asked the registry for this service.');
  return table([['address', 'whole'], ['application'], ['state', 'whole'], ['for', 'num'], ['release', 'whole'], ['pid', 'num']],
    goneLast(list).map(p => [p.address, p.application, state(p.state), ago(now - Date.parse(p.since)), p.release ?? '', p.pid ?? '']));
}

// standing writes how many are up, and how many are not.
export function standing(list) {
  const n = state => list.filter(p => p.state === state).length;
  const rest = ['disabled', 'gone'].filter(n).map(state => `${n(state)} ${state}`).join(', ');
  return [el('span', { class: n('up') ? undefined : 'bad' }, n('up')), rest ? el('span', { class: 'dim' }, ` (${rest})`) : null];
}

export const totals = [['calls', 'num'], ['failures', 'num'], ['of calls', 'num'], ['p50', 'num'], ['p90', 'num'], ['p99', 'num'], ['max', 'num']];

// total fills the columns of totals from a row; undefined is no row.
export function total(r) {
  if (!r) return totals.map(() => '–');
  const failed = text => el('span', { class: r.failure ? 'bad' : undefined }, text);
  return [count(calls(r)), failed(count(r.failure)), failed(percent(r.failure, calls(r))), ...[r.p50_ms, r.p90_ms, r.p99_ms, r.max_elapsed_ms].map(duration)];
}

// charts draws rows by minute and side.
export function charts(rows, gaps, span) {
  const sides = ['consumer', 'provider'];
  const points = (side, f) => new Map(rows.filter(r => r.side === side).map(r => [Date.parse(r.minute), f(r)]));
  const both = (title, f) => chart({ title, unit: 'per minute', whole: true, format: brief, gaps, span, series: sides.map(name => ({ name, points: counted(points(name, f), gaps) })) });
  const latency = side => chart({ title: 'Latency', unit: side, format: duration, gaps, span,
    series: [['p50', r => r.p50_ms], ['p90', r => r.p90_ms], ['p99', r => r.p99_ms]].map(([name, f]) => ({ name, points: points(side, f) })) });
  return el('div', { class: 'charts' }, both('Calls', calls), both('Failures', r => r.failure), ...sides.map(latency));
}

// counted adds the minutes in which everybody reported and nobody called: they
// have no row, and are 0. After the last row nobody knows yet.
function counted(points, gaps) {
  const times = [...points.keys()], last = Math.max(...times), minute = 60000;
  for (let t = Math.min(...times); t < last; t += minute) {
    if (!points.has(t) && !gaps.some(g => g.from < t + minute && g.to > t)) points.set(t, 0);
  }
  return points;
}

// unreported lists the gaps, or is null if there is none.
export function unreported(gaps, span) {
  const seen = gaps.filter(g => g.to > span.from && g.from < span.to).sort((a, b) => b.from - a.from);
  if (!seen.length) return null;
  const most = 20;
  return card('Not reported',
    note('These processes did not report for a while: their calls of that time are unknown, not zero. The charts shade it red.'),
    table([['application'], ['instance'], ['from'], ['to'], ['unknown', 'num'], ['because']], seen.slice(0, most).map(g => [
      g.application, g.instance, seconds(g.from), g.grows ? el('span', { class: 'bad' }, 'still') : seconds(g.to), ago(g.to - g.from),
      g.reason === 'silent' ? 'it fell silent without taking leave' : 'minutes never came'])),
    seen.length > most ? note(`and ${seen.length - most} more`) : null);
}
