/** What a request is answered from a view (RFC 2741 section 7.2.3). Pure. */
import { compareOids } from '../oid.ts';
import type { Variable } from '../value.ts';
import type { Subtree } from '../view.ts';
import type { Received, SearchRange } from './codec.ts';

/** No answer has more variables: a manager that wants more asks again. */
const mostVariables = 1000;

function next(view: Subtree, { end, include, start }: SearchRange): Variable {
  const found = view.next(start, include);
  if (found === undefined || (end !== undefined && compareOids(found.oid, end) >= 0))
    return { oid: start, value: { type: 'end-of-view' } };
  return found;
}

/** The variables that answer a get, get-next or get-bulk. */
export function answerRequest(
  request: Extract<Received, { type: 'get' | 'get-next' | 'get-bulk' }>,
  view: Subtree,
): Variable[] {
  switch (request.type) {
    case 'get':
      return request.ranges.map(({ start }) => ({ oid: start, value: view.get(start) }));
    case 'get-next':
      return request.ranges.map((range) => next(view, range));
    case 'get-bulk': {
      const { maxRepetitions, nonRepeaters, ranges } = request;
      const variables = ranges.slice(0, nonRepeaters).map((range) => next(view, range));
      let repeated = ranges.slice(nonRepeaters);
      for (let repetition = 0; repetition < maxRepetitions && repeated.length > 0; repetition++) {
        if (variables.length + repeated.length > mostVariables && repetition > 0) break;
        const found = repeated.map((range) => next(view, range));
        variables.push(...found);
        if (found.every(({ value }) => value.type === 'end-of-view')) break;
        repeated = found.map(({ oid }, at) => ({ start: oid, include: false, end: repeated[at]?.end }));
      }
      return variables;
    }
  }
}
