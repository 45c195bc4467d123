/** What the process that serves HTTP may ask of the parent: to read, never to change. */
import type { WebQuestion } from '../web/messages.ts';

/** Answers each kind of question. Long answers may go out in pieces before. */
export type WebQuestions = {
  readonly [About in WebQuestion['about']]: (
    question: Extract<WebQuestion, { readonly about: About }>,
    part: (part: unknown) => void,
  ) => Promise<unknown>;
};

/** @throws Error also for what nobody may ask */
export async function answerWebQuestion(
  questions: WebQuestions,
  question: WebQuestion,
  part: (part: unknown) => void,
): Promise<unknown> {
  const { about } = question;
  const answerer = Object.hasOwn(questions, about)
    ? (questions[about] as (question: WebQuestion, part: (part: unknown) => void) => Promise<unknown>)
    : undefined;
  if (answerer === undefined) throw new Error('unknown question');
  return answerer(question, part);
}
