/** Numbers of AgentX (RFC 2741). */

/** Section 6.1, h.type. */
export const PDU = {
  open: 1,
  close: 2,
  register: 3,
  get: 5,
  getNext: 6,
  getBulk: 7,
  testSet: 8,
  commitSet: 9,
  undoSet: 10,
  cleanupSet: 11,
  notify: 12,
  ping: 13,
  response: 18,
} as const;

/** Section 6.1, h.flags. */
export const FLAG = { nonDefaultContext: 0x08, networkByteOrder: 0x10 } as const;

export const HEADER_LENGTH = 20;
export const VERSION = 1;

/** Section 5.4, v.type. */
export const VALUE_TYPE = {
  integer: 2,
  string: 4,
  oid: 6,
  null: 5,
  'ip-address': 64,
  counter: 65,
  gauge: 66,
  'time-ticks': 67,
  opaque: 68,
  counter64: 70,
  'no-such-object': 128,
  'no-such-instance': 129,
  'end-of-view': 130,
} as const;

/** Section 6.2.16 and RFC 3416 section 3, res.error. */
export const ERROR = {
  none: 0,
  generic: 5,
  noAccess: 6,
  wrongType: 7,
  wrongValue: 10,
  commitFailed: 14,
  undoFailed: 15,
  notWritable: 17,
  unsupportedContext: 262,
} as const;

/** Section 6.2.2: why a session ends. */
export const CLOSE_REASON = { shutdown: 5 } as const;
