/** `keepalivectl doctor`: examines this machine, says what it found, and sets what it may set when it is told to. */
import { createInterface } from 'node:readline/promises';
import type { Configuration } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import { examineMachine, listeningTopics, topicNames } from '../doctor/examine.ts';
import { settingName, worstFirst } from '../doctor/finding.ts';
import type { Finding, Setting } from '../doctor/finding.ts';
import { examineConfiguration } from '../doctor/topics/configuration.ts';
import { enterNetworkNamespace } from '../kernel/process-control.ts';
import { gatherFacts } from '../process/doctor/gather.ts';
import { writeSetting } from '../process/doctor/mend.ts';
import { pidDirectory } from '../process/settings.ts';
import { loadHere } from './load-here.ts';
import { formatFindings, reportOf, summaryOf, summaryText, sysctlFile } from './doctor-text.ts';

/** Exit statuses: nothing to do; errors or warnings; not examined. */
export const doctorExit = { well: 0, found: 1, notExamined: 2 } as const;

const usualColumns = 100;
const keptIn = '/etc/sysctl.d/90-keepalived.conf';
/** How long it is listened unless somebody says: a master of any usual interval is heard, and nobody gets impatient. */
const listening = { least: 2000, most: 15_000, margin: 300 } as const;

export interface DoctorOptions {
  readonly file?: string | undefined;
  readonly configId?: string | undefined;
  readonly socket?: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly fix: boolean;
  readonly yes: boolean;
  /** Seconds; 0: not at all. */
  readonly listen?: number | undefined;
  readonly only: readonly string[];
}

function fail(message: string): number {
  process.stderr.write(`keepalivectl: ${message}\n`);
  return doctorExit.notExamined;
}

/** Longer than a master is given up after: whoever is not heard by then is not there. */
export function listeningTime({ check, vrrp }: Pick<Configuration, 'check' | 'vrrp'>): Milliseconds {
  const direct = check.virtualServers.some(({ realServers }) =>
    realServers.some(({ forwarding }) => forwarding.method !== 'NAT'),
  );
  if (vrrp.instances.length === 0) return direct ? listening.least : 0;
  const patience = vrrp.instances.map(
    ({ advertisementInterval, downTimerAdvertisements }) => (downTimerAdvertisements + 1) * advertisementInterval,
  );
  return Math.min(listening.most, Math.max(listening.least, ...patience) + listening.margin);
}

/** @returns exit status */
export async function doctor(options: DoctorOptions): Promise<number> {
  const unknown = options.only.filter((name) => !topicNames.includes(name));
  if (unknown.length > 0) return fail(`there is no topic ${unknown.join(', ')}; topics: ${topicNames.join(', ')}`);
  if (options.listen !== undefined && !(options.listen >= 0 && options.listen <= 3600))
    return fail('--listen takes seconds, 0 to 3600');
  const { configuration, diagnostics } = loadHere(options);
  if (!configuration) {
    const found = examineConfiguration({ diagnostics }).map((each): Finding => ({ topic: 'configuration', ...each }));
    return tell(worstFirst(found), 0, options);
  }
  const only = options.only.length > 0 ? options.only : topicNames;
  const wanted = options.listen === undefined ? listeningTime(configuration) : options.listen * 1000;
  const listenFor = only.some((name) => listeningTopics.has(name)) ? wanted : 0;
  let findings: Finding[];
  try {
    const { netNamespace } = configuration.global;
    if (netNamespace !== undefined) enterNetworkNamespace(netNamespace);
    const socketPath = options.socket ?? socketPathOf(configuration);
    if (listenFor > listening.least && process.stderr.isTTY)
      process.stderr.write(`listening for ${listenFor / 1000} s ...\n`);
    findings = examineMachine(await gatherFacts({ configuration, diagnostics, listenFor, socketPath }), only);
  } catch (error) {
    return fail(`this machine cannot be examined: ${(error as Error).message}`);
  }
  if (!options.fix) return tell(findings, listenFor / 1000, options);
  if (!options.json) process.stdout.write(textOf(findings, options));
  const left = await mend(findings, options);
  if (options.json) return tell(left, listenFor / 1000, options);
  process.stdout.write(`${summaryText(summaryOf(left))} left\n`);
  return verdict(left);
}

/** As the machine sees it: a daemon in a namespace has /run/keepalived of its own below it. */
function socketPathOf({ global }: Configuration): string {
  const suffix = global.instance === undefined ? '' : `_${global.instance}`;
  const folder = global.netNamespace === undefined ? pidDirectory : `${pidDirectory}/${global.netNamespace}`;
  return `${folder}/control${suffix}.sock`;
}

function verdict(findings: readonly Finding[]): number {
  const { errors, warnings } = summaryOf(findings);
  return errors + warnings > 0 ? doctorExit.found : doctorExit.well;
}

function textOf(findings: readonly Finding[], { verbose }: DoctorOptions): string {
  const { columns, isTTY } = process.stdout;
  const colour = isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  const text = formatFindings(findings, { width: isTTY ? columns : usualColumns, colour, verbose });
  return text === '' ? '' : `${text}\n`;
}

function tell(findings: readonly Finding[], listenedFor: number, options: DoctorOptions): number {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(reportOf(findings, listenedFor, options.verbose), undefined, 2)}\n`);
  } else {
    const listened = listenedFor > 0 ? ` (listened for ${listenedFor} s)` : '';
    process.stdout.write(`${textOf(findings, options)}${summaryText(summaryOf(findings))}${listened}\n`);
  }
  return verdict(findings);
}

/** Sets what findings ask for, one finding after the other. @returns what is left */
async function mend(findings: readonly Finding[], { json, yes }: DoctorOptions): Promise<Finding[]> {
  const say = (text: string): void => void (json ? process.stderr : process.stdout).write(text);
  const done = new Map<string, Setting>();
  const answers = yes ? undefined : new Answers();
  const left: Finding[] = [];
  for (const finding of findings) {
    const { settings = [], severity } = finding;
    const open = settings.filter(({ path, value }) => done.get(path)?.value !== value);
    const wanted = settings.length > 0 && (severity === 'error' || severity === 'warning');
    const agreed = wanted && (open.length === 0 || yes || (await answers?.ask(question(finding, open))) === true);
    if (!agreed) {
      left.push(finding);
      continue;
    }
    let whole = true;
    for (const setting of open) {
      const trouble = writeSetting(setting);
      const name = `${settingName(setting.path)} = ${setting.value}`;
      say(trouble === undefined ? `set ${name}\n` : `cannot set ${name}: ${trouble}\n`);
      if (trouble === undefined) done.set(setting.path, setting);
      else whole = false;
    }
    if (!whole) left.push(finding);
  }
  answers?.close();
  if (done.size > 0) say(`\nTo keep it, put this into ${keptIn}:\n\n${sysctlFile([...done.values()])}\n`);
  return left;
}

function question({ topic, what }: Finding, settings: readonly Setting[]): string {
  const lines = settings.map(({ path, value }) => `  ${settingName(path)} = ${value}`);
  return `${topic}: ${what}\n${lines.join('\n')}\nSet this now? [y/N] `;
}

/** Answers of the operator; the end of the input is a no to everything. */
class Answers {
  readonly #lines = createInterface({ input: process.stdin, output: process.stderr });
  readonly #ended = new Promise<undefined>((resolve) => this.#lines.once('close', () => resolve(undefined)));
  #closed = false;

  constructor() {
    this.#lines.once('close', () => (this.#closed = true));
  }

  async ask(text: string): Promise<boolean> {
    if (this.#closed) return false;
    const answer = await Promise.race([this.#lines.question(text), this.#ended]);
    return /^y(es)?$/i.test(answer?.trim() ?? '');
  }

  close(): void {
    this.#lines.close();
  }
}
