import { el } from './dom.js';
import { get } from './api.js';
import { prune } from './chart.js';
import { overview } from './overview.js';
import { service } from './service.js';
import { ago, seconds } from './format.js';

const [main, status, filter, ranges] = ['main', 'status', 'filter', 'ranges'].map(id => document.getElementById(id));
const minutes = [['15 min', 15], ['1 h', 60], ['6 h', 360], ['24 h', 1440]];

// The address after # says what is shown: service, method, minutes.
const place = () => new URLSearchParams(location.hash.slice(1));
const shownMinutes = () => (minutes.find(([, n]) => String(n) === place().get('minutes')) ?? minutes[0])[1];
function to(change) {
  const p = place();
  for (const [k, v] of Object.entries(change)) if (v) p.set(k, v); else p.delete(k);
  return '#' + p;
}
const link = (key, method = '', text = key) => el('a', { href: to({ service: key, method }) }, text);

let turn = 0, timer = 0, good = 0;

// draw shows what the address asks for, and again some seconds later. Only the
// latest draw touches the page.
async function draw() {
  const mine = ++turn, at = place(), n = shownMinutes();
  clearTimeout(timer);
  home.href = to({ service: '', method: '' });
  ranges.replaceChildren(...minutes.map(([name, m]) => el('a', { href: to({ minutes: m }), 'aria-current': m === n ? 'true' : undefined }, name)));
  filter.hidden = at.has('service');
  try {
    const services = await get('services');
    const now = Date.parse(services.now), range = { from: Math.floor(now / 1000) - 60 * n, to: Math.floor(now / 1000) };
    const parts = await (at.get('service')
      ? service(services, range, now, at.get('service'), at.get('method'), link)
      : overview(services, range, now, link, filter.value.trim().toLowerCase()));
    if (mine !== turn) return;
    good = Date.now();
    // Whoever is selecting an address to copy it keeps the selection.
    if (getSelection().isCollapsed || !main.contains(getSelection().anchorNode)) show(parts.filter(p => p));
    prune();
    const r = services.registry;
    status.className = r.connected ? 'state good' : 'state bad';
    status.textContent = (r.connected ? 'registry connected' : 'registry away: ' + (r.error || 'no session')) + ' · ' + seconds(now);
  } catch (e) {
    if (mine !== turn) return;
    status.className = 'state bad';
    status.textContent = `cannot read the monitor: ${e.message}` + (good ? `; what you see is ${ago(Date.now() - good)} old` : '');
  }
  if (!document.hidden) timer = setTimeout(draw, n > 60 ? 30000 : 5000);
}

function show(parts) {
  const focus = main.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  const scrolled = [...main.querySelectorAll('.scroll')].map(e => e.scrollLeft);
  main.replaceChildren(...parts);
  main.querySelectorAll('.scroll').forEach((e, i) => { e.scrollLeft = scrolled[i] ?? 0; });
  if (focus) [...main.querySelectorAll('a')].find(a => a.getAttribute('href') === focus)?.focus();
}

const home = document.querySelector('header .home');
addEventListener('hashchange', () => { scrollTo(0, 0); draw(); });
document.addEventListener('visibilitychange', () => { if (!document.hidden) draw(); });
filter.addEventListener('input', draw);
draw();
