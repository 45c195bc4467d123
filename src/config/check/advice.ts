/**
 * What is accepted, works as written, and is probably not what was meant: the classic misunderstandings, each with its
 * consequence. Nothing here changes the model or an exit code.
 */
import type { InstanceDraft, TrackersDraft, VirtualAddressDraft } from '../drafts.ts';
import { findAtTop, findInside } from '../find-again.ts';
import type { Configuration, VrrpInstanceConfiguration } from '../model.ts';
import { nearestWord } from '../nearest.ts';
import type { Context } from '../schema/context.ts';
import type { Statement } from '../statement.ts';

const ownerPriority = 255;

interface Built {
  readonly draft: InstanceDraft;
  readonly instance: VrrpInstanceConfiguration;
}

/** Points at a word of a setting inside a block, or at the block if the setting cannot be found in its text. */
function place(
  block: Statement,
  keyword: string,
  word: number,
): { readonly statement: Statement; readonly word: number } {
  const statement = findInside(block, keyword);
  return statement ? { statement, word } : { statement: block, word: block.words.length > 1 ? 1 : 0 };
}

/** Names of what lowers the priority, for a message. */
function weighted(instance: VrrpInstanceConfiguration): string[] {
  const { trackScripts, trackFiles, trackInterfaces, trackProcesses, trackBfd } = instance;
  const all = [
    ...trackScripts.map(({ script, weight }) => ({ name: script, weight })),
    ...trackFiles.map(({ file, weight }) => ({ name: file, weight })),
    ...trackInterfaces.map(({ interface: name, weight }) => ({ name, weight })),
    ...trackProcesses.map(({ process, weight }) => ({ name: process, weight })),
    ...trackBfd.map(({ bfd, weight }) => ({ name: bfd, weight })),
  ];
  return all.filter(({ weight }) => weight !== 0).map(({ name }) => name);
}

/** Neither of two routers with nopreempt takes over because the other's priority fell. */
function nopreemptWithWeights({ draft, instance }: Built, context: Context): void {
  const names = weighted(instance);
  if (!instance.nopreempt || !draft.nopreemptAt || names.length === 0) return;
  context.report(
    'advice',
    draft.nopreemptAt,
    0,
    'CFG_NOPREEMPT_WEIGHT',
    `vrrp_instance ${instance.name}: ${names.join(', ')} only ${names.length === 1 ? 'changes' : 'change'} the priority, and a router with nopreempt leaves a master of lower priority alone; with nopreempt on every router the addresses never move when ${names.length === 1 ? 'it fails' : 'they fail'}`,
    'remove the weight, so that a failure means FAULT and another router takes over, or remove nopreempt',
  );
}

/** Strict mode without accept drops everything that is sent to the addresses. */
function strictWithoutAccept(built: readonly Built[], context: Context): void {
  const silent = built.filter(
    ({ draft, instance }) => instance.strict && !instance.accept && draft.accept === undefined,
  );
  const byGlobal = silent.filter(({ draft }) => draft.strict === undefined);
  const report = (statement: Statement, word: number, names: string, keyword: string): void =>
    context.report(
      'advice',
      statement,
      word,
      'CFG_STRICT_NO_ACCEPT',
      `${keyword}: a master below priority ${ownerPriority} accepts no packets for its virtual addresses (RFC 5798, accept mode off): those of ${names} answer neither ping nor connections to services of this machine`,
      `remove ${keyword}, unless just that is wanted; "accept" in the vrrp_instance lets the addresses answer`,
    );
  const [first] = byGlobal;
  const namesShown = 3;
  if (first) {
    const names = byGlobal.slice(0, namesShown).map(({ instance }) => instance.name);
    const more = byGlobal.length > namesShown ? ` and ${byGlobal.length - namesShown} more` : '';
    const block = findAtTop(first.draft.statement, 'global_defs');
    const at = block && findInside(block, 'vrrp_strict');
    report(at ?? first.draft.statement, at ? 0 : 1, `${names.join(', ')}${more}`, 'vrrp_strict');
  }
  for (const { draft, instance } of silent) {
    if (draft.strict === undefined) continue;
    const at = place(draft.statement, 'strict_mode', 0);
    report(at.statement, at.word, instance.name, 'strict_mode');
  }
}

/** 255 is no high priority but a statement: the addresses belong to this router. */
function ownership({ draft, instance }: Built, context: Context): void {
  if (instance.priority !== ownerPriority) return;
  const meaning =
    'the priority of a router that owns the addresses: it takes over at once whenever it runs, and neither nopreempt nor weights count';
  if (draft.priority === undefined) {
    const { statement, word } = place(draft.statement, 'state', 1);
    context.report(
      'advice',
      statement,
      word,
      'CFG_IMPLICIT_OWNER',
      `vrrp_instance ${instance.name}: state MASTER without a priority means priority ${ownerPriority}, ${meaning}`,
      'add a priority below 255, for example "priority 150"',
    );
    return;
  }
  const { statement, word } = place(draft.statement, 'priority', 1);
  context.report(
    'advice',
    statement,
    word,
    'CFG_OWNER',
    `vrrp_instance ${instance.name}: ${ownerPriority} is ${meaning}`,
    "write 254 or less, unless the addresses are this machine's own",
  );
}

/** A peer that is the router itself hears its own advertisements. */
function ownPeers({ draft, instance }: Built, context: Context): void {
  for (const peer of draft.unicastPeers) {
    if (peer.address !== instance.sourceAddress) continue;
    context.report(
      'advice',
      peer.statement,
      0,
      'CFG_OWN_PEER',
      `vrrp_instance ${instance.name}: ${peer.address} is the unicast_src_ip of this router itself; it would send to itself`,
      'list the other routers only',
    );
  }
}

/** Once for all: in a network of host addresses it is right, and then it is so everywhere. */
function withoutPrefixLength(built: readonly Built[], context: Context): void {
  const addresses: VirtualAddressDraft[] = built
    .flatMap(({ draft }) => [...draft.addresses, ...draft.excludedAddresses])
    // With a peer the length is the peer's.
    .filter(({ peer, statement }) => peer === undefined && !(statement.words[0] ?? '').includes('/'));
  const [first] = addresses;
  if (!first) return;
  const others = addresses.length > 1 ? ` (and ${addresses.length - 1} more)` : '';
  context.report(
    'note',
    first.statement,
    0,
    'CFG_NO_PREFIX_LENGTH',
    `${first.address}${others} has no prefix length and is added as ${first.address}/${first.prefixLength}; where its interface has no other address of the same network, nothing there can be reached from it${first.family === 'inet6' ? ', and no connection of this machine starts from it' : ''}`,
    `write the length of the network (${first.address}/${first.family === 'inet' ? 24 : 64}), or /${first.prefixLength} to say that it is meant`,
  );
}

interface Named {
  readonly name: string;
  readonly statement: Statement;
}

/** What is defined to be tracked and tracked by nobody. */
function untracked(
  what: string,
  defined: readonly Named[],
  list: keyof TrackersDraft,
  consequence: string,
  context: Context,
): void {
  const { instances, syncGroups } = context.draft;
  const used = new Set([...instances, ...syncGroups].flatMap(({ trackers }) => trackers[list].map(({ name }) => name)));
  // A name that is misspelt where it is used has been reported there.
  const misspelt = [...used].filter((name) => !defined.some((item) => item.name === name));
  for (const { name, statement } of defined) {
    if (used.has(name) || misspelt.some((other) => nearestWord(other, [name]) !== undefined)) continue;
    context.report(
      'advice',
      statement,
      1,
      'CFG_UNTRACKED',
      `${what} ${name} is listed in no track_${list === 'scripts' ? 'script' : 'process'}: ${consequence}`,
      `add "track_${list === 'scripts' ? 'script' : 'process'} { ${name} }" to the vrrp_instance it is meant for, or remove it`,
    );
  }
}

/** Mail that nobody takes. */
function mailWithoutServer({ global }: Configuration, context: Context): void {
  if (global.mail.recipients.length === 0 || global.mail.server) return;
  const near = context.draft.instances[0]?.statement ?? context.draft.virtualServers[0]?.statement;
  const block = near && findAtTop(near, 'global_defs');
  const statement = block && findInside(block, 'notification_email');
  if (!statement) return;
  context.report(
    'note',
    statement,
    0,
    'CFG_NO_MAIL_SERVER',
    'notification_email names recipients, but there is no smtp_server: no mail is sent',
    'add "smtp_server <ip>" to global_defs',
  );
}

/** Looks for what is probably not meant in a configuration that has been checked. */
export function advise(context: Context, configuration: Configuration): void {
  const { draft } = context;
  const instances = new Map(configuration.vrrp.instances.map((instance) => [instance.name, instance]));
  const built = draft.instances.flatMap((instanceDraft): Built[] => {
    const instance = instances.get(instanceDraft.name);
    return instance ? [{ draft: instanceDraft, instance }] : [];
  });
  strictWithoutAccept(built, context);
  for (const one of built) {
    nopreemptWithWeights(one, context);
    ownership(one, context);
    ownPeers(one, context);
  }
  withoutPrefixLength(built, context);
  // A file of scripts alone belongs to another one.
  if (draft.instances.length > 0) {
    untracked('vrrp_script', draft.vrrpScripts, 'scripts', 'it is never run, and nothing follows from it', context);
    untracked('vrrp_track_process', draft.trackProcesses, 'processes', 'nothing follows from its end', context);
  }
  mailWithoutServer(configuration, context);
}
