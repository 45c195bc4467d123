/**
 * What `-v` prints. Exporters read the second word of the first line, minus its first character, as the version of
 * keepalived and decide by it which files and signals exist; so it is the level this program follows, and our own
 * version stands behind it.
 */

/** The release of keepalived whose behaviour and interfaces this program follows. */
export const keepalivedLevel = '2.4.3';
/** Our own version. */
export const ownVersion = '0.1.0';

/** The whole text of `-v`, newline terminated. `--enable-json` in it tells exporters that the JSON dump is available. */
export function versionText(): string {
  return [
    `Keepalived v${keepalivedLevel} (keepalived-ts ${ownVersion})`,
    '',
    `This is keepalived-ts ${ownVersion}, a drop-in replacement for keepalived, written in TypeScript.`,
    `It takes the configuration, command line, signals and files of keepalived ${keepalivedLevel}.`,
    `Running on Node.js ${process.version}, ${process.platform} ${process.arch}`,
    '',
    'configure options: --enable-json',
    '',
    'Config options:  LVS VRRP VRRP_AUTH JSON OLD_CHKSUM_COMPAT',
    '',
  ].join('\n');
}
