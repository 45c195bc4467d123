/** What the process that serves HTTP may ask of the parent: to read, never to change. */
import type { WebQuestion } from '../web/messages.ts';

/** Answers a question. Long answers may go out in pieces before. */
export type WebAnswerer = (part: (part: unknown) => void) => Promise<unknown>;

export type WebQuestions = Readonly<Record<WebQuestion['about'], WebAnswerer>>;
