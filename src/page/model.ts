/** What the page shows, from what the daemon says of itself: every thing with its condition in words, and how grave it is. */
import type { BfdSessionStatus } from '../bfd/types.ts';
import type { CheckReport } from '../check/report-types.ts';
import type { DrainingStatus } from '../check/status.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { VrrpGroupReport, VrrpInstanceReport } from '../vrrp/report-types.ts';
import type { EpochMs } from './clock.ts';

/** How grave: as it should be; as it should be, and doing nothing; to be looked at; broken. */
export type Tone = 'good' | 'idle' | 'attention' | 'bad';

export interface Condition {
  readonly tone: Tone;
  /** UP, MASTER, Down... */
  readonly word: string;
  readonly since: EpochMs;
  readonly reason: string;
}

/** The part of the daemon's status that the page is made from. Services come in summary. */
export interface StatusForPage {
  readonly pid: number;
  /** Of the program. */
  readonly release: string;
  readonly files: readonly string[];
  readonly processes: readonly {
    readonly kind: string;
    readonly pid?: number;
    readonly state: 'running' | 'starting' | 'waiting' | 'silent';
    readonly deaths: number;
  }[];
  readonly readiness: { readonly ready: boolean; readonly waitingFor: readonly string[] };
  readonly lastReload?: {
    readonly at: string;
    readonly outcome: 'applied' | 'refused';
    readonly errors: readonly string[];
  };
  /** Set beside the file for something that is not in it. */
  readonly waitingChanges?: readonly { readonly subject: string; readonly what: string }[];
  readonly vrrp?: {
    readonly now: MonotonicMs;
    readonly instances: readonly VrrpInstanceReport[];
    readonly groups: readonly VrrpGroupReport[];
  } | null;
  readonly checker?:
    | (Pick<CheckReport, 'now' | 'totals' | 'services' | 'draining'> & {
        readonly connectionLimits?: readonly {
          readonly name: string;
          readonly banned: number;
          readonly listed: number;
        }[];
      })
    | null;
  readonly bfd?: {
    readonly now: MonotonicMs;
    readonly sessions: readonly BfdSessionStatus[];
  } | null;
}

export interface InstanceView {
  readonly name: string;
  readonly condition: Condition;
  readonly report: VrrpInstanceReport;
  /** What is remarkable about it, in words. */
  readonly remarks: readonly string[];
  readonly search: string;
}

export interface GroupView {
  readonly name: string;
  readonly condition: Condition;
  readonly members: readonly string[];
}

export interface ServiceView {
  /** As in log and events: `[addr]:proto:port`, `FWM n`, `[group]:N`. */
  readonly label: string;
  /** For a person: `10.0.0.1:80`. */
  readonly name: string;
  /** tcp, udp, sctp, mark; and the name that the configuration gives it. */
  readonly kind: string;
  readonly condition: Condition;
  /** Real servers in use, and all of them. */
  readonly up: number;
  readonly total: number;
  readonly weight: number;
  readonly quorum: number;
  /** New connections a second; absent: not known. */
  readonly rate?: number;
  /** Everything that a search can find, in lower case. */
  readonly search: string;
}

export interface SessionView {
  readonly name: string;
  readonly neighbour: string;
  readonly condition: Condition;
  readonly timing: string;
}

/** Something that somebody should look at. */
export interface Problem {
  readonly tone: 'attention' | 'bad';
  readonly subject: string;
  readonly text: string;
  /** Id of the element on the page that says more. */
  readonly target?: string;
  /** Label of the service that it is about. */
  readonly service?: string;
}

export interface PageModel {
  readonly host: string;
  readonly version: string;
  /** When the daemon said all this. */
  readonly at: EpochMs;
  /** What it waits for since its start or a reload; empty: nothing. */
  readonly waitingFor: readonly string[];
  readonly pid: number;
  readonly file: string;
  readonly instances: readonly InstanceView[];
  readonly groups: readonly GroupView[];
  readonly services: readonly ServiceView[];
  readonly sessions: readonly SessionView[];
  readonly limits: readonly { readonly name: string; readonly banned: number; readonly listed: number }[];
  readonly draining: readonly DrainingStatus[];
  readonly problems: readonly Problem[];
  /** Totals for the head of the page. */
  readonly servers: { readonly up: number; readonly total: number };
  /** Difference between the clock of the processes and the wall clock. */
  readonly vrrpEpoch: EpochMs;
  readonly checkerEpoch: EpochMs;
}

/** Identifiers of elements: no blank, nothing that a selector or an address would have to escape. */
export function elementId(kind: 'service' | 'instance' | 'session' | 'group', name: string): string {
  return `${kind}-${[...name].map((character) => (/[A-Za-z0-9.]/.test(character) ? character : `_${character.codePointAt(0)?.toString(16) ?? ''}_`)).join('')}`;
}
