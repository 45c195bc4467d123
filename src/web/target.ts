/** What a request asks for (RFC 9112 section 3.2). */

/** Longer ones are somebody trying something. */
const longest = 2_048;
/** RFC 3986: what may stand in a path and a query; nothing of ours needs more than ASCII. */
const characters = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/%?]*$/;
const absoluteForm = /^https?:\/\/[^/?#]*/i;

export interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Path and query of a request target; undefined if it is none that can be answered. The path is not decoded. */
export function readTarget(text: string): Target | undefined {
  if (text.length > longest) return undefined;
  const origin = text.replace(absoluteForm, '');
  const target = origin === '' && text !== '' ? '/' : origin;
  if (!target.startsWith('/') || !characters.test(target)) return undefined;
  const mark = target.indexOf('?');
  if (mark < 0) return { path: target, query: new URLSearchParams() };
  return { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) };
}
