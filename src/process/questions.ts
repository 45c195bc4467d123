/**
 * Questions of the parent to its children, each with its answer. A question is added by a line here and an entry in
 * `answers` of the process that knows (ChildWork).
 */
import { DaemonError } from '../core/errors.ts';
import type { Milliseconds } from '../core/time.ts';
import type { PoolReport } from '../notify/snmp/pool-report.ts';
import type { TrafficNumbers } from '../notify/snmp/traffic-cache.ts';
import type { BfdFigures, CheckerFigures, FiguresAsked, VrrpFigures } from '../metrics/figures.ts';
import type { BanAnswer, BanCommand } from './limits/messages.ts';
import type { StatusQuery } from './status-types.ts';

/** Name of the question: what it says, what is answered. Plain data, both. */
export interface Questions {
  status: { readonly asked: StatusQuery; readonly answer: unknown };
  /** For metrics; which of the three depends on the process. */
  metrics: { readonly asked: FiguresAsked; readonly answer: VrrpFigures | CheckerFigures | BfdFigures };
  bans: { readonly asked: BanCommand; readonly answer: BanAnswer };
  /** Virtual servers for SNMP, and what they and their servers carry. */
  'snmp-pools': { readonly asked: null; readonly answer: readonly PoolReport[] };
  'snmp-services': { readonly asked: null; readonly answer: readonly TrafficNumbers[] };
  'snmp-servers': {
    readonly asked: { readonly first: number; readonly count: number };
    readonly answer: readonly TrafficNumbers[];
  };
}

export type Question = keyof Questions;
export type Asked<Q extends Question> = Questions[Q]['asked'];
export type Answered<Q extends Question> = Questions[Q]['answer'];

/** A question on its way to a child. */
export type AskMessage = {
  readonly [Q in Question]: {
    readonly type: 'ask';
    readonly request: number;
    readonly question: Q;
    readonly asked: Asked<Q>;
  };
}[Question];

/** A part of the answer; the answer, or what is left of it; or why there is none. */
export type AnswerMessage =
  | { readonly type: 'answer'; readonly request: number; readonly part: object }
  | { readonly type: 'answer'; readonly request: number; readonly answer: unknown }
  | { readonly type: 'answer'; readonly request: number; readonly trouble: string };

/**
 * What a process can answer. It may take its time; an error is told with its message. What is much comes in parts, with
 * other work between them: the answer is all their members together, lists of the same name one behind the other.
 */
export type Answers = {
  readonly [Q in Question]?: (asked: Asked<Q>) => Answered<Q> | Promise<Answered<Q>> | AsyncGenerator<object>;
};

/** The child's side: answers a question, whatever happens. @param tell takes each part that comes before the answer */
export async function answerQuestion(
  answers: Answers | undefined,
  message: AskMessage,
  tell: (part: AnswerMessage) => void,
): Promise<AnswerMessage> {
  const { asked, question, request } = message;
  try {
    const answer = answers?.[question] as ((asked: unknown) => unknown) | undefined;
    if (answer === undefined) return { type: 'answer', request, trouble: `this process does not know of ${question}` };
    const answered = answer(asked);
    if (isInParts(answered)) {
      for await (const part of answered) tell({ type: 'answer', request, part });
      return { type: 'answer', request, answer: null };
    }
    return { type: 'answer', request, answer: (await answered) ?? null };
  } catch (error) {
    return { type: 'answer', request, trouble: (error as Error).message };
  }
}

function isInParts(answer: unknown): answer is AsyncGenerator<object> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

/** Puts a part behind those that are there. */
function join(whole: Record<string, unknown>, part: object): void {
  for (const [name, value] of Object.entries(part) as [string, unknown][]) {
    const before = whole[name];
    if (Array.isArray(before) && Array.isArray(value)) for (const each of value as unknown[]) before.push(each);
    else whole[name] = value;
  }
}

interface Outstanding {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: DaemonError) => void;
  readonly timer: NodeJS.Timeout;
  parts?: Record<string, unknown>;
}

/** The parent's side: the questions to one child that are not answered yet. */
export class OutstandingQuestions {
  readonly #name: string;
  readonly #outstanding = new Map<number, Outstanding>();
  #last = 0;

  /** @param name of the process, for the operator: "vrrp" */
  constructor(name: string) {
    this.#name = name;
  }

  /** Asks by `send`. @throws DaemonError CHILD_SILENT, CHILD_FAILED, CHILD_ABSENT */
  ask<Q extends Question>(
    send: (message: AskMessage) => void,
    question: Q,
    asked: Asked<Q>,
    patience: Milliseconds,
  ): Promise<Answered<Q>> {
    const request = ++this.#last;
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#outstanding.delete(request);
        reject(new DaemonError('CHILD_SILENT', `process ${this.#name} gave no answer in ${patience / 1000} s`));
      }, patience);
      this.#outstanding.set(request, { resolve, reject, timer });
      send({ type: 'ask', request, question, asked } as AskMessage);
    });
  }

  answered(message: AnswerMessage): void {
    const outstanding = this.#outstanding.get(message.request);
    if (outstanding === undefined) return;
    if ('part' in message) {
      outstanding.timer.refresh();
      outstanding.parts ??= {};
      join(outstanding.parts, message.part);
      return;
    }
    this.#outstanding.delete(message.request);
    clearTimeout(outstanding.timer);
    if ('trouble' in message) outstanding.reject(new DaemonError('CHILD_FAILED', message.trouble));
    else outstanding.resolve(outstanding.parts ?? message.answer);
  }

  /** The process has ended: nobody answers any more. */
  ended(): void {
    for (const { reject, timer } of this.#outstanding.values()) {
      clearTimeout(timer);
      reject(new DaemonError('CHILD_ABSENT', `process ${this.#name} ended before it answered`));
    }
    this.#outstanding.clear();
  }
}
