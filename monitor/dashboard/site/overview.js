import { el, card, note, table } from './dom.js';
import { gapsOf, get, keyOf, span } from './api.js';
import { charts, consumers, providers, standing, total, totals, unreported } from './parts.js';

const opened = 12; // services whose peers are listed here; the others have their page

// overview is all services: their sums, and who provides and consumes them.
export async function overview(services, range, now, link, filter) {
  const [minutes, sums] = await Promise.all([get('statistics', { ...range, by: 'minute,side' }), get('statistics', { ...range, by: 'side,service,group,version' })]);
  const known = new Map(services.services.map(v => [v.key, v]));
  for (const r of sums.rows) if (!known.has(keyOf(r))) known.set(keyOf(r), { key: keyOf(r), providers: [], consumers: [] });
  const own = v => v.key.startsWith('gubbo.'); // the monitor's own come last
  const all = [...known.values()].sort((a, b) => own(a) - own(b) || (a.key < b.key ? -1 : 1));
  const wanted = all.filter(v => v.key.toLowerCase().includes(filter));
  const row = (v, side) => sums.rows.find(r => r.side === side && keyOf(r) === v.key);
  if (!all.length) return [empty(services.registry)];

  const s = span(minutes, now), gaps = gapsOf(minutes, now);
  return [
    card('All services', minutes.rows.length ? charts(minutes.rows, gaps, s) : note('No calls were reported in this time.')),
    card('Services', wanted.length ? table([['service'], ['providers', 'num'], ['consumers', 'num'], ...totals],
      wanted.map(v => [link(v.key), standing(v.providers), standing(v.consumers), ...total(row(v, 'consumer') ?? row(v, 'provider'))])) : note('No service has this in its name.')),
    unreported(gaps, s),
    ...wanted.slice(0, opened).map(v => el('section', null, el('h2', null, link(v.key)), el('div', { class: 'pair' },
      el('div', null, el('h3', null, 'Providers'), providers(v.providers, now)),
      el('div', null, el('h3', null, 'Consumers'), consumers(v.consumers, now))))),
    wanted.length > opened ? note(`${wanted.length - opened} more services are in the table above; open one, or filter, to see who provides and consumes it.`) : null,
    services.unreadable?.length ? card('Unreadable in the registry', note('Nobody can call these; what registered them wrote no valid URL.'), el('ul', null, services.unreadable.map(u => el('li', null, u)))) : null,
  ];
}

const empty = registry => card(registry.connected ? 'No services yet' : 'No services are known',
  note(registry.connected
    ? 'The registry is connected and nothing stands in it. A provider that registers there appears here within seconds.'
    : 'The registry cannot be asked, so who provides what is unknown. Statistics that reporters send appear here all the same.'));
