/** Classic packet filters that more than one kind of socket needs. */

/** `ret 0`: a classic BPF program that accepts nothing. */
export const acceptNothing = new Uint8Array([0x06, 0, 0, 0, 0, 0, 0, 0]);
