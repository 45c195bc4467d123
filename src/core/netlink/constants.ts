/** Netlink's own numbers: linux/netlink.h and linux/genetlink.h. */

export const NLMSG_HEADER_LENGTH = 16;
export const GENL_HEADER_LENGTH = 4;
export const ATTRIBUTE_HEADER_LENGTH = 4;

/** Message types below 16 are netlink's own. */
export const NLMSG = {
  NOOP: 1,
  ERROR: 2,
  DONE: 3,
  OVERRUN: 4,
} as const;

export const NLM_F = {
  REQUEST: 0x1,
  MULTI: 0x2,
  ACK: 0x4,
  ECHO: 0x8,
  DUMP_INTR: 0x10,
  /** In requests for a list: NLM_F_ROOT | NLM_F_MATCH. */
  DUMP: 0x300,
  REPLACE: 0x100,
  EXCL: 0x200,
  CREATE: 0x400,
  APPEND: 0x800,
} as const;

/** The upper two bits of an attribute's type. */
export const NLA_F_NESTED = 0x8000;
export const NLA_TYPE_MASK = 0x3fff;

/** The controller of generic netlink, which knows the numbers of all families. */
export const GENL_ID_CTRL = 0x10;
export const CTRL_CMD = { NEWFAMILY: 1, GETFAMILY: 3 } as const;
export const CTRL_ATTR = { FAMILY_ID: 1, FAMILY_NAME: 2, VERSION: 3 } as const;

/** Address families as rtnetlink and IPVS count them (linux/socket.h). */
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 10;
