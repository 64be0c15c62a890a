// Names come from the network: everything becomes a text node, never markup.
function fill(e, attrs, children) {
  for (const [k, v] of Object.entries(attrs ?? {})) if (v !== undefined) e.setAttribute(k, v);
  for (const c of children.flat()) if (c !== null && c !== undefined) e.append(c instanceof Node ? c : String(c));
  return e;
}
export const el = (tag, attrs, ...children) => fill(document.createElement(tag), attrs, children);
export const svg = (tag, attrs, ...children) => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attrs, children);
export const table = (head, rows, attrs) => el('table', attrs,
  el('thead', null, el('tr', null, head.map(h => el('th', { scope: 'col' }, h)))),
  el('tbody', null, rows.map(r => el('tr', null, r.map(c => el('td', null, c))))));
