/** Answers of children that come in parts. */
import { describe, expect, it } from 'vitest';
import { OutstandingQuestions, answerQuestion } from '../../../src/process/questions.ts';
import type { Answers } from '../../../src/process/questions.ts';
import { fullStatus } from '../../../src/process/status-types.ts';

/** Asks a child that answers so, as if over its channel. */
function ask(answers: Answers, patience = 5000): Promise<unknown> {
  const questions = new OutstandingQuestions('vrrp');
  const deliver = (message: Parameters<OutstandingQuestions['answered']>[0]): void =>
    questions.answered(JSON.parse(JSON.stringify(message)) as typeof message);
  return questions.ask(
    (message) => void answerQuestion(answers, message, deliver).then(deliver),
    'status',
    fullStatus,
    patience,
  );
}

describe('an answer in parts', () => {
  it('is their members together, lists of the same name one behind the other', async () => {
    const answer = await ask({
      async *status() {
        yield { now: 1, instances: ['a'] };
        await Promise.resolve();
        yield { instances: ['b', 'c'], groups: [] };
        yield { now: 2 };
      },
    });
    expect(answer).toEqual({ now: 2, instances: ['a', 'b', 'c'], groups: [] });
  });

  it('is nothing where there is no part', async () => {
    expect(await ask({ async *status() {} })).toBeNull();
  });

  it('may take longer than the patience, as long as parts come', async () => {
    const slow = async function* (): AsyncGenerator<object> {
      for (let part = 0; part < 6; part++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        yield { parts: [part] };
      }
    };
    expect(await ask({ status: slow }, 400)).toEqual({ parts: [0, 1, 2, 3, 4, 5] });
  });

  it('that breaks off is the trouble', async () => {
    const broken = async function* (): AsyncGenerator<object> {
      yield { instances: [] };
      await Promise.resolve();
      throw new Error('no more');
    };
    await expect(ask({ status: broken })).rejects.toThrow('no more');
  });
});
