const exact = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const three = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const hourMinute = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const full = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export const count = n => exact.format(n);
export const brief = n => n < 10000 ? exact.format(n) : short.format(n);
export const clock = t => hourMinute.format(t);
export const seconds = t => full.format(t);
export const percent = (part, all) => three.format(all ? 100 * part / all : 0) + ' %';

// duration writes milliseconds in the unit that reads best.
export function duration(ms) {
  if (ms === 0) return '0 ms';
  if (ms < 1) return three.format(1000 * ms) + ' µs';
  return ms < 1000 ? three.format(ms) + ' ms' : three.format(ms / 1000) + ' s';
}

// ago writes a span of milliseconds as one would say it.
export function ago(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 100) return s + ' s';
  if (s < 6000) return Math.round(s / 60) + ' min';
  return s < 172800 ? Math.round(s / 3600) + ' h' : Math.round(s / 86400) + ' d';
}
