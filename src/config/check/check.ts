/** Drafts to the checked model: names resolved, defaults filled in, contradictions reported. */
import { interfaceUse } from '../interfaces.ts';
import type { Configuration, InterfaceUse } from '../model.ts';
import type { Context } from '../schema/context.ts';
import { advise } from './advice.ts';
import { checkBfd } from './bfd.ts';
import { checkGlobal } from './global.ts';
import { checkScripts } from './scripts.ts';
import { checkLimits } from './limits.ts';
import { checkMetrics } from './metrics.ts';
import { checkStatusPage } from './status-page.ts';
import type { VirtualServersCheck } from './virtual-server-list.ts';
import { checkVrrp } from './vrrp.ts';

/**
 * Completes everything that was read. Items that cannot be used are left out and reported.
 * @param services the check of the virtual servers, which may have begun while they were read
 */
export function checkConfiguration(
  context: Context,
  files: readonly string[],
  services: VirtualServersCheck,
): Configuration {
  checkScripts(context);
  const interfaces: InterfaceUse[] = [];
  // Before the checkers and instances that follow the sessions.
  const bfd = { instances: checkBfd(context) };
  const check = services.finish();
  const connectionLimits = checkLimits(context, check.groups, services.identities);
  const vrrp = checkVrrp(context, interfaces);
  const metrics = checkMetrics(context);
  const statusPage = checkStatusPage(context);
  for (const group of context.draft.garpGroups) {
    for (const { name, statement } of group.interfaces) {
      interfaces.push(interfaceUse(name, 'garp_group', statement, statement.words.indexOf(name)));
    }
  }
  for (const { name, statement, word } of context.draft.interfaceUses) {
    interfaces.push(interfaceUse(name, 'route or rule', statement, word));
  }
  const configuration: Configuration = {
    global: checkGlobal(context, vrrp),
    vrrp,
    check,
    bfd,
    ...(connectionLimits.length > 0 && { connectionLimits }),
    ...(metrics && { metrics }),
    ...(statusPage && { statusPage }),
    interfaces,
    files,
  };
  advise(context, configuration);
  return configuration;
}
