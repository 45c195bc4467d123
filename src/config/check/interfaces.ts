/** Lines about interfaces to the model. */
import type { ConfigurationDraft } from '../drafts.ts';
import { interfaceUse } from '../interfaces.ts';
import type { InterfaceDelays, InterfaceUse, LinkbeatInterface } from '../model.ts';
import { locate } from '../statement.ts';

/** interface_up_down_delays; the last line of an interface counts. */
export function interfaceDelays(draft: ConfigurationDraft, uses: InterfaceUse[]): InterfaceDelays[] {
  const found = new Map<string, InterfaceDelays>();
  for (const { statement, down, up } of draft.interfaceDelays) {
    uses.push(interfaceUse(statement.keyword, 'interface_up_down_delays', statement, 0));
    found.set(statement.keyword, { interface: statement.keyword, down, up, at: locate(statement) });
  }
  return [...found.values()];
}

/** linkbeat_interfaces; the last line of an interface counts. */
export function linkbeatInterfaces(draft: ConfigurationDraft, uses: InterfaceUse[]): LinkbeatInterface[] {
  const found = new Map<string, LinkbeatInterface>();
  for (const { statement, method } of draft.linkbeatInterfaces) {
    const name = statement.keyword;
    uses.push(interfaceUse(name, 'linkbeat_interfaces', statement, 0));
    found.set(name, { interface: name, ...(method !== undefined && { method }), at: locate(statement) });
  }
  return [...found.values()];
}
