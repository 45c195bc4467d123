/** Dates as log readers expect them, in local time and in the C locale (strftime `%c`, and RFC 3164 section 4.1.2). */
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
const monthAndDay = (date: Date): string =>
  `${months[date.getMonth()] ?? ''} ${String(date.getDate()).padStart(2, ' ')}`;

/** `Nov  1 21:57:19`. @param time milliseconds since the epoch. */
export function syslogDate(time: number): string {
  const date = new Date(time);
  return `${monthAndDay(date)} ${clock(date)}`;
}

let lastSecond = NaN;
let lastDate = '';

/** `Sun Nov  1 21:57:19 2026`. @param time milliseconds since the epoch. */
export function consoleDate(time: number): string {
  // Lines come by the thousand, in few seconds.
  const second = Math.floor(time / 1000);
  if (second === lastSecond) return lastDate;
  const date = new Date(time);
  lastSecond = second;
  lastDate = `${days[date.getDay()] ?? ''} ${monthAndDay(date)} ${clock(date)} ${date.getFullYear()}`;
  return lastDate;
}

/** `Sun Nov  1 21:57:19.042345 2026`, with microseconds as the state dump writes it. */
export function dumpDate(time: number): string {
  const date = new Date(time);
  return `${days[date.getDay()] ?? ''} ${monthAndDay(date)} ${clock(date)}.${microseconds(time)} ${date.getFullYear()}`;
}

/** The six digits behind the second of a moment in milliseconds since the epoch. */
export function microseconds(time: number): string {
  return String(Math.floor((time - Math.floor(time / 1000) * 1000) * 1000)).padStart(6, '0');
}
