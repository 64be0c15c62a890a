import { el, table } from './dom.js';
import { chart } from './chart.js';

const main = document.getElementById('main'), status = document.getElementById('status');
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const calls = r => r.success + r.failure;
const keyOf = r => (r.group ? r.group + '/' : '') + r.service + (r.version ? ':' + r.version : '');

async function get(path) {
  const r = await fetch(path);
  const body = await r.json();
  if (!r.ok) throw new Error(body.error);
  return body;
}

const peers = list => table(['address', 'application', 'state', 'weight', 'release'],
  list.map(p => [p.address, p.application, el('span', { class: p.state === 'up' ? undefined : 'bad' }, p.state), p.weight ?? '', p.release ?? '']));

const link = s => el('a', { href: '#/service/' + encodeURIComponent(s.key) }, s.key);

async function overview() {
  const [s, st] = await Promise.all([get('api/v1/services'), get('api/v1/statistics?by=side,service,group,version')]);
  const total = (key, side) => st.rows.find(r => r.side === side && keyOf(r) === key);
  const known = new Map(s.services.map(v => [v.key, v]));
  for (const r of st.rows) if (!known.has(keyOf(r))) known.set(keyOf(r), { key: keyOf(r), providers: [], consumers: [] });
  const services = [...known.values()].sort((a, b) => a.key.startsWith('gubbo.') - b.key.startsWith('gubbo.') || (a.key < b.key ? -1 : 1));
  return [s, [
    el('section', null, el('h2', null, 'Services, last hour'), table(['service', 'providers up', 'consumers up', 'calls', 'failures', 'p50 ms', 'p99 ms'], services.map(v => {
      const r = total(v.key, 'consumer') ?? total(v.key, 'provider');
      const up = list => list.filter(p => p.state === 'up').length;
      return [link(v), up(v.providers), up(v.consumers), ...(r ? [number.format(calls(r)), el('span', { class: r.failure ? 'bad' : undefined }, number.format(r.failure)), number.format(r.p50_ms), number.format(r.p99_ms)] : ['–', '–', '–', '–'])];
    }))),
    ...services.map(v => el('section', null, el('h2', null, link(v)), el('p', { class: 'dim' }, 'Providers'), peers(v.providers), el('p', { class: 'dim' }, 'Consumers'), peers(v.consumers))),
  ]];
}

async function service(key) {
  const [s, st] = await Promise.all([get('api/v1/services'), get('api/v1/statistics?by=minute,side,service,group,version,method&service=' + encodeURIComponent(key))]);
  const from = Date.parse(st.from), to = Date.parse(st.to);
  const rows = st.rows.filter(r => keyOf(r) === key);
  const found = s.services.find(v => v.key === key);
  const gaps = st.gaps.map(g => ({ from: Date.parse(g.from), to: g.to ? Date.parse(g.to) : Date.parse(s.now) }));
  const parts = [el('h1', null, key)];
  if (found) parts.push(el('section', null, el('h2', null, 'Providers'), peers(found.providers)), el('section', null, el('h2', null, 'Consumers'), peers(found.consumers)));
  for (const method of [...new Set(rows.map(r => r.method))].sort()) {
    const of = side => rows.filter(r => r.method === method && r.side === side);
    const points = (side, f) => new Map(of(side).map(r => [Date.parse(r.minute), f(r)]));
    const both = f => ['consumer', 'provider'].map(side => ({ name: side, points: points(side, f) }));
    const latency = side => chart(`Latency, ${side}`, 'ms', [['p50', r => r.p50_ms], ['p99', r => r.p99_ms], ['max', r => r.max_elapsed_ms]].map(([name, f]) => ({ name, points: points(side, f) })), gaps, from, to);
    parts.push(el('section', null, el('h2', null, method), el('div', { class: 'charts' },
      chart('Calls', 'per minute', both(calls), gaps, from, to), chart('Failures', 'per minute', both(r => r.failure), gaps, from, to), latency('consumer'), latency('provider'))));
  }
  if (!rows.length) parts.push(el('p', { class: 'dim' }, 'No calls were reported in the last hour.'));
  return [s, parts];
}

let turn = 0;
async function draw() {
  const mine = ++turn;
  const at = location.hash.match(/^#\/service\/(.+)$/);
  try {
    const [s, parts] = await (at ? service(decodeURIComponent(at[1])) : overview());
    if (mine !== turn) return;
    const focus = document.activeElement?.getAttribute('href');
    main.replaceChildren(...parts);
    if (focus) [...main.querySelectorAll('a')].find(a => a.getAttribute('href') === focus)?.focus();
    status.className = s.registry.connected ? '' : 'bad';
    status.textContent = (s.registry.connected ? 'registry connected' : 'registry away: ' + (s.registry.error || 'no session')) + ' · ' + new Date(s.now).toLocaleTimeString();
  } catch (e) {
    if (mine !== turn) return;
    status.className = 'bad';
    status.textContent = 'cannot read the monitor: ' + e.message;
  }
}
addEventListener('hashchange', draw);
setInterval(draw, 5000);
draw();
