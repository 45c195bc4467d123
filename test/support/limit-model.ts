/** A connection limit for tests. */
import type { ConnectionLimit } from '../../src/config/model.ts';
import { at } from './models.ts';

/** More than 100 connections, an hour, until fewer than 50. */
export function limitModel(changes: Partial<ConnectionLimit> = {}): ConnectionLimit {
  return {
    name: 'web',
    maxEstablished: 100,
    clientPrefix: { inet: 32, inet6: 128 },
    interval: 10_000,
    banTime: 3_600_000,
    releaseBelow: 50,
    allow: [],
    blacklistFile: '/etc/blacklist',
    append: false,
    set: { kind: 'nftables', name: 'web' },
    action: 'drop',
    enforceInKernel: false,
    smtpAlert: false,
    at,
    ...changes,
  };
}
