// A sync group on two networks: what happens to one member happens to both, between this daemon and Debian's keepalived.
import { scenesAtOnce, type Play } from './fair-play.ts';
import { Lan, type Kind, type Router } from './lan.ts';

const addresses = ['10.88.0.100', '10.88.1.100'] as const;
const interval = 300;

function configuration(priority: number): string {
  const instance = (network: number): string => `vrrp_instance VI_${network} {
    state BACKUP
    interface eth${network}
    virtual_router_id ${51 + network}
    priority ${priority}
    advert_int 0.3
    virtual_ipaddress {
        ${addresses[network]}/24
    }
}
`;
  return `global_defs {
    vrrp_version 3
}
vrrp_sync_group BOTH {
    group {
        VI_0
        VI_1
    }
}
${instance(0)}${instance(1)}`;
}

async function untilBoth(lan: Lan, router: Router): Promise<void> {
  for (const address of addresses) await lan.untilMaster(router, address);
}

function failOver(preferredKind: Kind): Play {
  return async (cleanUp) => {
    const lan = await Lan.make(cleanUp, 2);
    const [preferred, other] = lan.pair;
    await preferred.keepalived(preferredKind, configuration(200));
    await untilBoth(lan, preferred);
    await other.keepalived(preferredKind === 'ours' ? 'debian' : 'ours', configuration(100));
    for (const address of addresses) await lan.staysMaster(preferred, address, 2 * interval);
    await preferred.machine.ip('link set eth1 down');
    await untilBoth(lan, other);
    await preferred.machine.ip('link set eth1 up');
    await untilBoth(lan, preferred);
    await preferred.stop();
    await untilBoth(lan, other);
    await other.stop();
    await lan.expectFlawless();
  };
}

scenesAtOnce({
  'this daemon loses one network of two and gets it back': failOver('ours'),
  'keepalived loses one network of two and gets it back': failOver('debian'),
});
