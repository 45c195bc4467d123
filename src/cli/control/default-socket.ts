/** Where the daemon listens for commands, unless it was told otherwise. */
export const defaultSocket = '/run/keepalived/control.sock';
