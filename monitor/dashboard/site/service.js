import { el, card, note, table } from './dom.js';
import { gapsOf, get, keyOf, span } from './api.js';
import { charts, consumers, providers, total, totals, unreported } from './parts.js';
import { count } from './format.js';

// service is one service, or one method of it.
export async function service(services, range, now, key, method, link) {
  const found = services.services.find(v => v.key === key);
  const asked = { ...range, service: key };
  const [minutes, sums] = await Promise.all([
    get('statistics', { ...asked, ...(method && { method }), by: 'minute,side,service,group,version' }),
    get('statistics', { ...asked, by: 'side,service,group,version,method' })]);
  // An interface alone is asked for in all its groups and versions.
  const mine = r => keyOf(r) === key;
  const rows = minutes.rows.filter(mine), s = span(minutes, now), gaps = gapsOf(minutes, now);
  const methods = sums.rows.filter(mine).sort((a, b) => a.method < b.method ? -1 : a.method > b.method ? 1 : a.side < b.side ? -1 : 1);
  const classes = r => Object.entries(r.failures ?? {}).map(([name, n]) => `${name} ${count(n)}`).join(', ');
  return [
    el('h1', null, key, method ? el('span', { class: 'dim' }, ' · ' + method) : null),
    card(method ? el('span', null, method, ' ', link(key, '', 'show all methods')) : 'All methods',
      rows.length ? charts(rows, gaps, s) : note('No calls were reported in this time.')),
    el('div', { class: 'pair' },
      card('Providers', providers(found?.providers ?? [], now)),
      card('Consumers', consumers(found?.consumers ?? [], now))),
    methods.length ? card('Methods', table([['method'], ['seen by'], ...totals, ['failed by']],
      methods.map(r => [r.method === method ? el('b', null, r.method) : link(key, r.method, r.method), r.side, ...total(r), classes(r)]))) : null,
    unreported(gaps, s),
  ];
}
