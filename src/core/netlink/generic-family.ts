/** Asks the generic-netlink controller for the number of a family (linux/genetlink.h). */
import { CTRL_ATTR, CTRL_CMD, GENL_ID_CTRL, NLM_F } from './constants.ts';
import { NetlinkFormatError, NetlinkMessageBuilder, decoding, readGenericMessage } from './message.ts';
import type { Decoded } from './message.ts';

const CTRL_VERSION = 1;

/** CTRL_CMD_GETFAMILY for one name. The kernel answers ENOENT if it does not know (or could not load) the family. */
export function encodeGetFamily(name: string): Uint8Array {
  return new NetlinkMessageBuilder(GENL_ID_CTRL, NLM_F.REQUEST)
    .genericHeader(CTRL_CMD.GETFAMILY, CTRL_VERSION)
    .attributeString(CTRL_ATTR.FAMILY_NAME, name)
    .finish();
}

/** The family's number from the answer to encodeGetFamily: the nlmsg_type of its messages. */
export function decodeFamilyId(payload: Uint8Array): Decoded<number> {
  return decoding(() => {
    const id = readGenericMessage(payload).attributes.u16(CTRL_ATTR.FAMILY_ID);
    if (id === undefined) throw new NetlinkFormatError('the controller named no family id');
    return id;
  });
}
