/** Spans of time for people, as the status page has them too. */
export { formatAge } from '../core/age.ts';
