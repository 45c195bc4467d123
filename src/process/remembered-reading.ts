/**
 * Reads the configuration, unless everything that the last reading asked of this machine (files, accounts, programs,
 * interfaces) is answered as it was then: the reader is pure, so what it made of the answers is the same too. A reload
 * without a change, as agents and package scripts ask for by the dozen, then costs hardly more than a look at the files.
 */
import { hash } from 'node:crypto';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { LoadResult } from '../config/load.ts';
import { machinePorts, readConfiguration, shortHostName, type MachinePorts } from './configuration-source.ts';

/** Longer answers are kept as a digest, but for texts of configuration files, which are compared faster than digested. */
const longestAnswer = 64;

interface Question {
  readonly port: 'files' | 'host';
  readonly method: string;
  readonly words: readonly unknown[];
  readonly answer: string;
}

interface Reading {
  readonly result: LoadResult;
  readonly configId: string;
  readonly questions: ReadonlyMap<string, Question>;
  /** It took a random number, or got two answers to one question. */
  readonly unique: boolean;
}

/** The text of a configuration file, where the answer is one. */
function fileText(port: Question['port'], answer: unknown): string | undefined {
  if (port !== 'files' || typeof answer !== 'object' || answer === null || !('text' in answer)) return undefined;
  return typeof answer.text === 'string' ? answer.text : undefined;
}

function inShort(port: Question['port'], answer: unknown): string {
  const file = fileText(port, answer);
  if (file !== undefined) return file;
  const text = JSON.stringify(answer) ?? 'undefined';
  return text.length <= longestAnswer ? text : hash('sha256', text);
}

function ask(port: object, method: string, words: readonly unknown[]): unknown {
  const member = Reflect.get(port, method) as unknown;
  return typeof member === 'function' ? (Reflect.apply(member, port, words) as unknown) : undefined;
}

export class RememberedReading {
  readonly #machine: () => MachinePorts;
  #last: Reading | undefined;

  /** @param machine tests put their own here */
  constructor(machine: () => MachinePorts = machinePorts) {
    this.#machine = machine;
  }

  /** As readConfiguration() in mode `run`; the very same object as the last time if nothing is different. */
  read(args: KeepalivedArguments): LoadResult {
    const configId = args.configId ?? shortHostName();
    const last = this.#last;
    const machine = this.#machine();
    /** What the machine has just answered: a file of megabytes is read once, not for the comparison and once more. */
    const answered = new Map<string, unknown>();
    if (last !== undefined && !last.unique && last.configId === configId && answersAreAs(last, machine, answered))
      return last.result;
    const questions = new Map<string, Question>();
    let unique = false;
    const noted = <Port extends object>(name: Question['port'], port: Port): Port =>
      new Proxy(port, {
        get: (target, method): unknown => {
          const member = Reflect.get(target, method) as unknown;
          if (typeof member !== 'function' || typeof method !== 'string') return member;
          return (...words: unknown[]): unknown => {
            const key = JSON.stringify([name, method, words]);
            const given = answered.has(key) ? answered.get(key) : ask(target, method, words);
            answered.delete(key);
            const answer = inShort(name, given);
            const before = questions.get(key);
            if (before === undefined) questions.set(key, { port: name, method, words, answer });
            else if (before.answer !== answer) unique = true;
            return given;
          };
        },
      });
    const ports: MachinePorts = {
      files: noted('files', machine.files),
      host: noted('host', machine.host),
      random: () => {
        unique = true;
        return machine.random();
      },
    };
    const known = last?.result.known;
    const result = readConfiguration(args, 'run', ports, { note: true, ...(known && { known }) });
    this.#last = { result, configId, questions, unique };
    return result;
  }
}

/** Asks in the order of the last reading, which another one follows up to the first answer that is another. */
function answersAreAs({ questions }: Reading, machine: MachinePorts, answered: Map<string, unknown>): boolean {
  for (const [key, { answer, method, port, words }] of questions) {
    const given = ask(machine[port], method, words);
    answered.set(key, given);
    if (inShort(port, given) !== answer) return false;
  }
  return true;
}
