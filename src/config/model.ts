/**
 * The checked model: what a configuration means, with every default filled in and every reference resolved. Plain data
 * (it travels between processes as JSON): addresses are canonical strings, times are milliseconds, unset is `undefined`
 * by absence. Engines read this and nothing else of config/.
 */
export type * from './model/common.ts';
export type * from './model/global.ts';
export type * from './model/global-mail.ts';
export type * from './model/global-processes.ts';
export type * from './model/global-monitoring.ts';
export type * from './model/global-vrrp.ts';
export type * from './model/addresses.ts';
export type * from './model/routes.ts';
export type * from './model/interfaces.ts';
export type * from './model/tracking.ts';
export type * from './model/vrrp.ts';
export type * from './model/bfd.ts';
export type * from './model/checkers.ts';
export type * from './model/servers.ts';
export type * from './model/limits.ts';
export type * from './model/web.ts';
export type * from './model/configuration.ts';
