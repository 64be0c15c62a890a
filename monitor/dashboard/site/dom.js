// Names come from the network: everything becomes a text node, never markup.
function fill(e, attrs, children) {
  for (const [k, v] of Object.entries(attrs ?? {})) if (v !== undefined) e.setAttribute(k, v);
  for (const c of children.flat()) if (c !== null && c !== undefined) e.append(c instanceof Node ? c : String(c));
  return e;
}
export const el = (tag, attrs, ...children) => fill(document.createElement(tag), attrs, children);
export const svg = (tag, attrs, ...children) => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attrs, children);

// table takes columns as [name, kind?]: 'num' stands right, 'whole' is not broken.
export const table = (columns, rows) => el('div', { class: 'scroll' }, el('table', null,
  el('thead', null, el('tr', null, columns.map(([name, kind]) => el('th', { scope: 'col', class: kind }, name)))),
  el('tbody', null, rows.map(r => el('tr', null, r.map((c, i) => el('td', { class: columns[i][1] }, c)))))));

export const card = (title, ...children) => el('section', null, el('h2', null, title), ...children);
export const note = (...children) => el('p', { class: 'dim' }, ...children);
