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
    if (last !== undefined && !last.unique && last.configId === configId && this.#answersAreAs(last))
      return last.result;
    const questions = new Map<string, Question>();
    let unique = false;
    const noted = <Port extends object>(name: Question['port'], port: Port): Port =>
      new Proxy(port, {
        get: (target, method): unknown => {
          const member = Reflect.get(target, method) as unknown;
          if (typeof member !== 'function' || typeof method !== 'string') return member;
          return (...words: unknown[]): unknown => {
            const given = ask(target, method, words);
            const answer = inShort(name, given);
            const key = JSON.stringify([name, method, words]);
            const before = questions.get(key);
            if (before === undefined) questions.set(key, { port: name, method, words, answer });
            else if (before.answer !== answer) unique = true;
            return given;
          };
        },
      });
    const machine = this.#machine();
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

  #answersAreAs({ questions }: Reading): boolean {
    const machine = this.#machine();
    for (const { port, method, words, answer } of questions.values()) {
      if (inShort(port, ask(machine[port], method, words)) !== answer) return false;
    }
    return true;
  }
}
