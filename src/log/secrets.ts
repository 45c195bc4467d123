/** Keeps passwords out of the log, also when a message quotes a line of the configuration. */

const mask = '********';
/** Keywords whose value is a secret: the word behind them, quoted or not. */
const secretWords = /\b(auth_pass|auth_data|password|passwd|key)(\s*[=:]\s*|\s+)("[^"]*"|'[^']*'|[^\s,;)]+)/gi;
const ordinaryWords = new Set([
  'is',
  'of',
  'for',
  'must',
  'has',
  'not',
  'was',
  'with',
  'and',
  'or',
  'too',
  'longer',
  'in',
]);

/** The message with the values of secret keywords replaced by asterisks. */
export function maskSecrets(message: string): string {
  return message.replace(secretWords, (whole: string, keyword: string, separator: string, value: string) =>
    // "password is too long" and "key of ..." are sentences, `auth_pass abc` and `password = abc` are not.
    separator.trim() === '' && (keyword.toLowerCase() === 'key' || ordinaryWords.has(value.toLowerCase()))
      ? whole
      : `${keyword}${separator}${mask}`,
  );
}

/** Names of structured fields that are never told. */
export const secretFieldNames: readonly string[] = ['password', 'auth_pass', 'key'];

/** Paths of structured fields that are replaced as a whole. */
export const secretFieldPaths = [...secretFieldNames, ...secretFieldNames.map((name) => `*.${name}`)];
