/**
 * Programs the configuration names: do they exist, may they run, whom do they run as. What does not is disabled, as the
 * original does, and said (reference: grammar, section 11, "What commonly surprises").
 */
import type { ScriptDraft, VrrpScriptDraft } from '../drafts.ts';
import type { ScriptCommand } from '../model.ts';
import type { UserFacts } from '../ports.ts';
import { quote, type Context } from '../schema/context.ts';

/** The account the original looks for when no script_user is given. */
const defaultScriptUser = 'keepalived_script';
const root: UserFacts = { uid: 0, gid: 0 };

interface Account {
  readonly user?: string;
  readonly group?: string;
  readonly facts: UserFacts;
}

/** Whom a script runs as; undefined if the account that security demands does not exist. */
function accountOf(script: ScriptDraft, context: Context): Account | undefined {
  const { host, draft } = context;
  const configured =
    script.user === undefined
      ? draft.global.scriptUser
      : { user: script.user, ...(script.group !== undefined && { group: script.group }) };
  if (configured) {
    const facts = host.user?.(configured.user) ?? (configured.user === 'root' ? root : undefined);
    return { ...configured, facts: facts ?? { uid: -1, gid: -1 } };
  }
  if (host.user) {
    const facts = host.user(defaultScriptUser);
    if (facts) return { user: defaultScriptUser, facts };
    if (draft.global.enableScriptSecurity === true) return undefined;
  }
  return { facts: host.effectiveUser ?? root };
}

/** `</path` asks whether a file can be read; nothing is executed. */
function isFileTest(script: ScriptDraft): boolean {
  return /^<[ \t]*\//.test(script.argv[0] ?? '');
}

type Verdict = 'usable' | 'no-account' | 'unknown-user' | 'absent' | 'not-executable' | 'insecure';

function examine(
  script: ScriptDraft,
  context: Context,
): { readonly verdict: Verdict; readonly detail: string; readonly exists: boolean; readonly remedy?: string } {
  const { host, draft } = context;
  if (isFileTest(script)) return { verdict: 'usable', detail: '', exists: false };
  const account = accountOf(script, context);
  if (!account) {
    return {
      verdict: 'no-account',
      detail: `script security is on, there is no script_user and no account ${defaultScriptUser}`,
      exists: false,
    };
  }
  if (host.user && account.user !== undefined && !host.user(account.user)) {
    return { verdict: 'unknown-user', detail: `there is no user ${quote(account.user)}`, exists: false };
  }
  if (account.user !== undefined) script.user ??= account.user;
  if (account.group !== undefined) script.group ??= account.group;
  if (!host.script) return { verdict: 'usable', detail: '', exists: false };
  const found = host.script(script.argv[0] ?? '', account.facts);
  if (!found.found) return { verdict: 'absent', detail: found.detail, exists: false };
  if (!found.executable)
    return {
      verdict: 'not-executable',
      detail: `${found.path} is no file that ${account.user ?? 'root'} may execute`,
      exists: true,
      remedy: `chmod +x ${found.path}`,
    };
  if (draft.global.enableScriptSecurity === true && found.insecure !== undefined && account.facts.uid === 0) {
    return {
      verdict: 'insecure',
      detail: `it would run as root, and ${found.insecure}`,
      exists: true,
      ...(found.secureWith !== undefined && { remedy: found.secureWith }),
    };
  }
  return { verdict: 'usable', detail: '', exists: true };
}

const remedies: Readonly<Record<Verdict, string>> = {
  usable: '',
  'no-account': 'add "script_user <user>" to global_defs, or create the account',
  'unknown-user': 'name an account that exists; a command with arguments must stand in quotes',
  absent: 'write the full path of a program that exists',
  'not-executable': 'make it executable with chmod',
  insecure: 'let only root write to the program and to every directory above it',
};

/** Checks every script and marks the unusable ones as disabled. */
export function checkScripts(context: Context): void {
  const { draft } = context;
  const ofVrrpScripts = new Map<ScriptDraft, VrrpScriptDraft>();
  for (const vrrpScript of draft.vrrpScripts) if (vrrpScript.script) ofVrrpScripts.set(vrrpScript.script, vrrpScript);
  let firstUnprotected: ScriptDraft | undefined;
  for (const script of [...draft.scripts, ...ofVrrpScripts.keys()]) {
    const { verdict, detail, exists, remedy = remedies[verdict] } = examine(script, context);
    if (exists && draft.global.enableScriptSecurity !== true) firstUnprotected ??= script;
    if (verdict === 'usable') continue;
    script.disabled = true;
    // The original says nothing of a notify script that cannot run; who wrote it wants to know.
    const serious = verdict === 'no-account' || ofVrrpScripts.has(script);
    context.report(
      serious ? 'general' : 'note',
      script.statement,
      1,
      'CFG_SCRIPT_DISABLED',
      `${script.owner}: the program ${quote(script.argv[0] ?? '')} is disabled: ${detail}`,
      remedy,
    );
  }
  if (firstUnprotected) {
    context.report(
      'security',
      firstUnprotected.statement,
      0,
      'CFG_SCRIPT_SECURITY',
      'programs are run, but enable_script_security is not set',
      'add "enable_script_security" and "script_user <user>" to global_defs',
    );
  }
}

/** The command for the model; undefined if there is none or it is disabled. */
export function commandOf(script: ScriptDraft | undefined): ScriptCommand | undefined {
  if (!script || script.disabled === true) return undefined;
  return {
    argv: script.argv,
    ...(script.user !== undefined && { user: script.user }),
    ...(script.group !== undefined && { group: script.group }),
  };
}
