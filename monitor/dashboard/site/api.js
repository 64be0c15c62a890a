// get reads the monitor's API; what the monitor says of an error is the error.
export async function get(path, params) {
  const r = await fetch('api/v1/' + path + (params ? '?' + new URLSearchParams(params) : ''));
  const body = await r.json();
  if (!r.ok) throw new Error(body.error);
  return body;
}

export const keyOf = r => (r.group ? r.group + '/' : '') + r.service + (r.version ? ':' + r.version : '');
export const calls = r => r.success + r.failure;

// span is the answer's range in milliseconds; the minute of now is not over.
export const span = (statistics, now) => ({ from: Date.parse(statistics.from), to: Date.parse(statistics.to), now });
export const gapsOf = (statistics, now) => statistics.gaps.map(g => ({ ...g, from: Date.parse(g.from), to: g.to ? Date.parse(g.to) : now, grows: !g.to }));
