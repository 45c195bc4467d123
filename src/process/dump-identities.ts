/** Whom scripts run as, in numbers, for the state dumps. */
import type { GlobalConfiguration, ScriptCommand } from '../config/model.ts';
import { lookUpUser, resolveIdentity, type Identity } from '../notify/accounts.ts';
import type { MachineFacts } from './dump/global-data.ts';

/** The user for scripts of whom the configuration says nothing, if the machine has one. */
const scriptUser = 'keepalived_script';

type Names = Pick<ScriptCommand, 'user' | 'group'>;

const keyOf = ({ user, group }: Names): string => `${user ?? ''}\n${group ?? ''}`;

/** Every user and group that a part of the configuration names where a script or a FIFO stands. */
function namesIn(value: unknown, found: Map<string, Names>): void {
  if (typeof value !== 'object' || value === null) return;
  if ('user' in value && typeof value.user === 'string') {
    const group = 'group' in value && typeof value.group === 'string' ? value.group : undefined;
    const names = { user: value.user, ...(group !== undefined && { group }) };
    found.set(keyOf(names), names);
  }
  for (const part of Object.values(value)) namesIn(part, found);
}

/**
 * Looks up whoever is named. An account that does not exist counts as the default one: the script that needs it says
 * so when it is to be run.
 * @param parts what the dump shows of the configuration
 */
export async function dumpIdentities(
  global: GlobalConfiguration,
  ...parts: readonly unknown[]
): Promise<Required<Pick<MachineFacts, 'identityOf' | 'defaultIdentity'>>> {
  const named = new Map<string, Names>();
  namesIn([global, ...parts], named);
  const defaultIdentity = await defaultOf(global);
  const identities = new Map<string, Identity>();
  await Promise.all(
    [...named].map(async ([key, { user = '', group }]) => {
      identities.set(key, await resolveIdentity(user, group).catch(() => defaultIdentity));
    }),
  );
  return { defaultIdentity, identityOf: (command) => identities.get(keyOf(command)) ?? defaultIdentity };
}

async function defaultOf({ scriptUser: configured }: GlobalConfiguration): Promise<Identity> {
  const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  if (configured !== undefined) return resolveIdentity(configured.user, configured.group).catch(() => own);
  const account = await lookUpUser(scriptUser);
  return account === undefined ? own : { uid: account.uid, gid: account.gid };
}
