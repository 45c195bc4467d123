/** authentication and auth_hmac of vrrp_instance. */
import type { HmacDraft, InstanceDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { readInteger } from '../values.ts';
import { choice, custom, integer, text } from './forms.ts';
import { BlockSchema } from './keyword.ts';
import { quote, type Context } from './context.ts';

/** Octets of the authentication data in VRRPv2. */
const passwordLength = 8;
/** Octets of a key of auth_hmac (RFC 2104: no shorter than the digest, no longer than its block). */
const shortestKey = 32;
const longestKey = 64;

export const authenticationSchema = new BlockSchema<InstanceDraft>('authentication', {
  auth_type: custom(
    'Plain password, or IPsec AH.',
    'PASS or AH',
    (draft, statement, context) => {
      const word = statement.words[1] ?? '';
      if (word === 'PASS' || word === 'AH') draft.authenticationType = word;
      else context.error(statement, 1, 'CFG_INVALID_WORD', `auth_type ${quote(word)} is unknown`, 'write PASS or AH');
    },
    { default: 'none', missing: 'stops' },
  ),
  auth_pass: text(
    'Password; the first 8 characters count.',
    (draft, value, statement, context) => {
      if (new TextEncoder().encode(value).length > passwordLength) {
        context.error(
          statement,
          1,
          'CFG_PASSWORD_TOO_LONG',
          `auth_pass has more than ${passwordLength} octets; only the first ${passwordLength} are sent and compared`,
          `write a password of at most ${passwordLength} characters, the same on every router`,
        );
      }
      draft.password = value.slice(0, passwordLength);
    },
    { form: '<string max 8>', default: 'none' },
  ),
});

/** UTF-8 octets of a text as hexadecimal digits. */
function hexOfText(value: string): string {
  return [...new TextEncoder().encode(value)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** `hex:DIGITS` or the characters themselves, as hexadecimal digits, or what is wrong with them. */
function keyDigits(written: string): { readonly key: string } | { readonly problem: string } {
  if (written.startsWith('hex:')) {
    const digits = written.slice(4).toLowerCase();
    if (!/^([0-9a-f]{2})+$/.test(digits)) return { problem: 'is not an even number of hexadecimal digits' };
    return lengthChecked(digits);
  }
  return lengthChecked(hexOfText(written));
}

function lengthChecked(key: string): { readonly key: string } | { readonly problem: string } {
  const octets = key.length / 2;
  return octets < shortestKey || octets > longestKey ? { problem: `has ${octets} octets` } : { key };
}

/** The content of a key file, undefined after reporting. */
function readKeyFile(path: string, statement: Statement, context: Context): string | undefined {
  const found = context.host.secretFile?.(path);
  if (found === undefined || !found.ok) {
    const detail = found === undefined ? 'files cannot be read here' : found.detail;
    context.error(statement, 2, 'CFG_KEY_FILE', `key: the file ${path} cannot be read (${detail}); the key is ignored`);
    return undefined;
  }
  if (found.insecure !== undefined) {
    context.report(
      'security',
      statement,
      2,
      'CFG_KEY_FILE',
      `key: ${found.insecure}; the key is ignored`,
      `chmod 600 ${path}`,
    );
    return undefined;
  }
  return found.text.replace(/\r?\n$/, '');
}

/** What is wrong with a key is said without the key. */
function readKey(draft: HmacDraft, statement: Statement, context: Context): void {
  if (statement.words.length < 3) {
    context.missing(statement, '<1..255> <key>');
    return;
  }
  const id = readInteger(context, statement, 1, { min: 1, max: 255 });
  if (id === undefined) return;
  const same = draft.keys.find((key) => key.id === id);
  if (same) {
    context.duplicate(statement, 1, `key ${id} of auth_hmac`, same.statement);
    return;
  }
  const written = statement.words[2] ?? '';
  const file = written.startsWith('file:') ? written.slice(5) : undefined;
  const value = file === undefined ? written : readKeyFile(file, statement, context);
  if (value === undefined) return;
  const read = keyDigits(value);
  if ('problem' in read) {
    context.error(
      statement,
      2,
      'CFG_KEY',
      `key ${id} of auth_hmac ${read.problem}; it is ignored`,
      `write ${shortestKey} to ${longestKey} octets, as characters or as hex:DIGITS`,
    );
    return;
  }
  draft.keys.push({ id, key: read.key, statement, ...(file !== undefined && { file }) });
}

export const authHmacSchema = new BlockSchema<HmacDraft>('auth_hmac', {
  key: custom<HmacDraft>(
    '32 to 64 octets; several keys are allowed.',
    '<1..255> <ascii or hex:... or file:path>',
    readKey,
    { default: 'required', since: '2.4.0' },
  ),
  active_key: integer(
    'The key that is used for sending.',
    { min: 1, max: 255 },
    (draft, value, statement) => {
      draft.activeKey = value;
      draft.activeKeyAt = statement;
    },
    { default: 'required', since: '2.4.0', form: '<1..255>' },
  ),
  time_window: integer(
    'How old an advertisement may be, in seconds.',
    { min: 1, max: 300 },
    (draft, value) => (draft.timeWindow = value * 1000),
    { default: '3 * advert_int, at least 5, at most 300', since: '2.4.0' },
  ),
  anti_replay: choice(
    'Kind of protection against replays.',
    ['time', 'monotonic'],
    (draft, value) => (draft.antiReplay = value),
    { default: 'time', since: '2.4.0' },
  ),
  mode: choice(
    'How advertisements without a trailer are treated.',
    ['enforce', 'permissive', 'receive-only'],
    (draft, value) => (draft.mode = value),
    { default: 'enforce', since: '2.4.0' },
  ),
});
