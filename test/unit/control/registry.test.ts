import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../../src/control/command.ts';
import type { Caller } from '../../../src/control/command.ts';
import { done } from '../../../src/control/protocol.ts';
import { answerTo, controlCommands, understand } from '../../../src/control/registry.ts';
import { portsWith } from './support.ts';

const caller: Caller = { part: () => undefined, ready: () => Promise.resolve(), gone: new AbortController().signal };

const paint = defineCommand({
  name: 'paint',
  read: (fields) => ({
    colour: fields.choice('colour', ['red', 'green']) ?? 'red',
    dry: fields.flag('dry'),
    layers: fields.number('layers', 'how many', { least: 1, most: 3 }),
    wall: fields.requiredText('wall', 'the name of a wall'),
  }),
  access: ({ dry }) => (dry ? 'read' : 'change'),
  run: (parameters) => Promise.resolve(done(parameters)),
});
const fails = defineCommand({
  name: 'fails',
  access: 'read',
  read: () => undefined,
  run: () => Promise.reject(new Error('the well is dry')),
});

function answer(fields: object, access: 'read' | 'change' = 'change'): Promise<unknown> {
  return answerTo(JSON.stringify({ version: 1, ...fields }), portsWith({}), caller, access, [paint, fails]);
}

describe('the registry of commands', () => {
  it('hands a command what its request says', async () => {
    expect(await answer({ command: 'paint', wall: 'north', layers: 2, colour: 'green' })).toEqual({
      ok: true,
      result: { colour: 'green', dry: false, layers: 2, wall: 'north' },
    });
    // null is absent.
    expect(await answer({ command: 'paint', wall: 'north', layers: null })).toMatchObject({ ok: true });
  });

  it.each([
    [{ command: 'paint' }, 'wall is the name of a wall'],
    [{ command: 'paint', wall: '' }, 'wall is the name of a wall'],
    [{ command: 'paint', wall: 'x', colour: 'blue' }, 'colour is one of red, green'],
    [{ command: 'paint', wall: 'x', layers: 4 }, 'layers is how many, 1 to 3'],
    [{ command: 'paint', wall: 'x', layers: '2' }, 'layers is how many, 1 to 3'],
    [{ command: 'paint', wall: 'x', dry: 'yes' }, 'dry is true or false'],
    [{ command: 'paint', wall: 'x', wal: 'y' }, 'unknown field "wal"; known: colour, dry, layers, wall'],
    [{ command: 'fails', loud: true }, 'unknown field "loud"; this command has none'],
    [{ command: 'fly' }, 'unknown command; known: paint, fails'],
    [{ command: 'fails' }, 'the well is dry'],
  ])('says what is wrong with %j', async (fields, error) => {
    expect(await answer(fields)).toEqual({ ok: false, error });
  });

  it('lets who may only look do nothing else', async () => {
    expect(await answer({ command: 'paint', wall: 'x' }, 'read')).toMatchObject({
      ok: false,
      error: expect.stringContaining('you may only look') as string,
    });
    expect(await answer({ command: 'paint', wall: 'x', dry: true }, 'read')).toMatchObject({ ok: true });
  });

  it('knows each command by one name', () => {
    const names = controlCommands.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z-]+$/);
  });

  it.each([
    ['{"version":1,"command":"bans","action":"add","client":"192.0.2.1"}', 'change'],
    ['{"version":1,"command":"bans"}', 'read'],
    ['{"version":1,"command":"reload"}', 'change'],
    ['{"version":1,"command":"status"}', 'read'],
  ])('takes %s for a wish to %s', (line, access) => {
    expect(understand(line).access).toBe(access);
  });
});
