/** Words by which processes of the daemon start others of themselves; nobody types them. */
export const childRoles = { vrrp: '@vrrp', checker: '@checker', bfd: '@bfd' } as const;

/** The process that serves HTTP. */
export const webRole = '@web';

/** The worker thread for connection limits in the checker process. */
export const limitWorkerRole = '@limits';

/** The process in the background that a foreground process waits for. */
export const daemonRole = '@daemon';

/** The process that works out what a reload would change. */
export const planRole = '@plan';
