/** authentication and auth_hmac of vrrp_instance. */
import type { InstanceDraft } from '../drafts.ts';
import { readInteger } from '../values.ts';
import { choice, custom, integer, noEffectYet, text } from './forms.ts';
import { BlockSchema } from './keyword.ts';
import { quote } from './context.ts';

/** Octets of the authentication data in VRRPv2. */
const passwordLength = 8;

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
      if (value.length > passwordLength) {
        context.error(
          statement,
          1,
          'CFG_PASSWORD_TOO_LONG',
          `auth_pass has more than ${passwordLength} characters; only the first ${passwordLength} count`,
          `write a password of at most ${passwordLength} characters, the same on every router`,
        );
      }
      draft.password = value.slice(0, passwordLength);
    },
    { form: '<string max 8>', default: 'none' },
  ),
});

export const authHmacSchema = new BlockSchema<InstanceDraft>('auth_hmac', {
  key: {
    ...custom<InstanceDraft>(
      '32 to 64 octets; several keys are allowed.',
      '<1..255> <ascii or hex:... or file:path>',
      (_draft, statement, context) => {
        if (statement.words.length < 3) context.missing(statement, '<1..255> <key>');
        else readInteger(context, statement, 1, { min: 1, max: 255 });
      },
      { default: 'required', since: '2.4.0' },
    ),
    effect: 'none-yet',
  },
  active_key: integer('The key that is used for sending.', { min: 1, max: 255 }, noEffectYet, {
    default: 'required',
    since: '2.4.0',
    form: '<1..255>',
  }),
  time_window: integer('How old an advertisement may be, in seconds.', { min: 1, max: 300 }, noEffectYet, {
    default: '3 * advert_int, at least 5, at most 300',
    since: '2.4.0',
  }),
  anti_replay: choice('Kind of protection against replays.', ['time', 'monotonic'], noEffectYet, {
    default: 'time',
    since: '2.4.0',
  }),
  mode: choice(
    'How advertisements without a trailer are treated.',
    ['enforce', 'permissive', 'receive-only'],
    noEffectYet,
    { default: 'enforce', since: '2.4.0' },
  ),
});
