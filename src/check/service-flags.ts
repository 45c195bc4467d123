/** Service flags of IPVS that configuration decides (include/uapi/linux/ip_vs.h, IP_VS_SVC_F_*). */
export const serviceFlags = {
  persistent: 0x0001,
  onePacket: 0x0004,
  sched1: 0x0008,
  sched2: 0x0010,
  sched3: 0x0020,
} as const;
