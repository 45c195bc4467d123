import { describe, expect, it } from 'vitest';
import { SendAhead } from '../../../src/core/send-ahead.ts';

function make(answer: number | undefined): { readonly ahead: SendAhead<string>; readonly asked: () => number } {
  let asked = 0;
  const ahead = new SendAhead<string>(() => {
    asked++;
    return answer;
  });
  return { ahead, asked: () => asked };
}

describe('what is sent ahead', () => {
  it('is known by the timer that looks after it, and by no other', () => {
    const { ahead } = make(undefined);
    expect(ahead.contentFor(0)).toBeUndefined();
    const lookAt = ahead.plan(1000, 0.25, 'one');
    expect(lookAt).toBe(1000.25);
    expect(ahead.at).toBe(1000);
    expect(ahead.contentFor(lookAt)).toBe('one');
    expect(ahead.contentFor(1000)).toBeUndefined();
  });

  it.each([1000.0625, undefined])('is asked for once when it ends: gone at %s', (wentAt) => {
    const { ahead, asked } = make(wentAt);
    ahead.plan(1000, 0.25, 'one');
    expect(ahead.end()).toEqual({ at: 1000, lookAt: 1000.25, content: 'one', wentAt });
    expect(ahead.at).toBeUndefined();
    expect(ahead.contentFor(1000.25)).toBeUndefined();
    expect(ahead.end()).toBeUndefined();
    expect(asked()).toBe(1);
  });

  it('is not asked for where nothing is planned', () => {
    const { ahead, asked } = make(1);
    expect(ahead.end()).toBeUndefined();
    expect(asked()).toBe(0);
  });
});
