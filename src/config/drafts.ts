/**
 * What the schema writes into while a configuration is read: as the file says it, names unresolved, defaults not yet
 * filled in. The check turns drafts into the model.
 */
export type * from './drafts/common.ts';
export * from './drafts/global.ts';
export type * from './drafts/addresses.ts';
export type * from './drafts/routes.ts';
export type * from './drafts/interfaces.ts';
export * from './drafts/tracking.ts';
export type * from './drafts/bfd.ts';
export type * from './drafts/vrrp.ts';
export type * from './drafts/checkers.ts';
export type * from './drafts/servers.ts';
export type * from './drafts/limits.ts';
export type * from './drafts/web.ts';
export * from './drafts/configuration.ts';
