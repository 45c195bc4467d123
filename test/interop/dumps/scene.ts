/**
 * The same configuration on two machines of the same interfaces, one with this daemon and one with Debian's keepalived,
 * and the files that both write when they are asked. eth2 has no link. Everything is master within a second of its own.
 */
import { statSync } from 'node:fs';
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { Machine, configurationFile, keepalived, patience } from '../process/machine.ts';

export const programs = { ours: keepalived, debian: '/usr/sbin/keepalived' } as const;
export type Kind = keyof typeof programs;

export const configuration = `global_defs {
    router_id LB
    script_user root
    enable_script_security
    vrrp_version 3
    vrrp_garp_master_refresh 60
    notify_fifo /tmp/fifo
}
static_ipaddress {
    192.0.2.9/24 dev eth1
}
vrrp_script chk_ok {
    script "/usr/bin/true"
    interval 1
    timeout 10
    weight 5
}
vrrp_script chk_bad {
    script "/usr/bin/false"
    interval 1
    timeout 10
    weight -30
}
track_file number {
    file /tmp/number
    weight 2
}
vrrp_sync_group pair {
    group {
        V4
        V6
    }
    notify "/usr/bin/true group"
}
vrrp_instance V4 {
    state MASTER
    interface eth0
    virtual_router_id 41
    priority 240
    version 2
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass hidden
    }
    virtual_ipaddress {
        198.51.100.10/24 label eth0:v
        198.51.100.11/24 dev eth1 scope link
    }
    virtual_ipaddress_excluded {
        198.51.100.20/24
    }
    virtual_routes {
        203.0.113.0/24 via 10.88.0.2 dev eth0
    }
    virtual_rules {
        from 198.51.100.10 lookup 100 priority 1000
    }
    track_interface {
        eth1
    }
    notify_master "/usr/bin/true 'a b'" nobody nogroup
    smtp_alert
}
vrrp_instance V6 {
    interface eth1
    virtual_router_id 61
    priority 220
    advert_int 0.2
    virtual_ipaddress {
        fe80::61
        2001:db8:1::61/64
    }
}
vrrp_instance UNI {
    interface eth1
    virtual_router_id 42
    priority 190
    advert_int 0.2
    unicast_src_ip 10.88.1.1
    unicast_peer {
        10.88.1.3
    }
    track_script {
        chk_ok
        chk_bad
    }
    track_file {
        number
    }
    virtual_ipaddress {
        198.51.101.42/24
    }
}
vrrp_instance VM {
    interface eth0
    use_vmac
    virtual_router_id 44
    advert_int 0.2
    virtual_ipaddress {
        198.51.100.44/32
    }
}
vrrp_instance AH {
    interface eth0
    virtual_router_id 45
    priority 250
    version 2
    authentication {
        auth_type AH
        auth_pass hidden
    }
    virtual_ipaddress {
        198.51.100.45/32
    }
}
vrrp_instance DOWN {
    interface eth2
    virtual_router_id 46
    virtual_ipaddress {
        198.51.100.46/32
    }
}
`;

const interfaces = `set -e
sysctl -q -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.default.accept_dad=0
for n in 0 1 2; do
  ip link add eth$n address 02:00:00:00:0$n:01 type veth peer name eth\${n}w address 02:00:00:00:0$n:09
  ip link set eth$n addrgenmode none
  ip link set eth\${n}w addrgenmode none
  ip link set eth$n up
  ip addr add 10.88.$n.1/24 dev eth$n
  ip addr add 2001:db8:$n::1/64 dev eth$n nodad
  ip addr add fe80::1/64 dev eth$n nodad
done
ip link set eth0w up
ip link set eth1w up
echo 5 >/tmp/number
`;

/** The files of the signals, by the name of the function that --signum knows. */
const files = {
  DATA: ['keepalived.data', 'keepalived_parent.data'],
  STATS: ['keepalived.stats'],
  JSON: ['keepalived.json'],
} as const;

export class DumpScene {
  readonly kind: Kind;
  readonly machine: Machine;
  readonly daemon: Running;

  private constructor(kind: Kind, machine: Machine, daemon: Running) {
    this.kind = kind;
    this.machine = machine;
    this.daemon = daemon;
  }

  /** Started, and as it stays: masters are masters, scripts have run. */
  static async play(cleanUp: CleanUp, kind: Kind): Promise<DumpScene> {
    const machine = await Machine.make(cleanUp, `dumps ${kind}`);
    await machine.run(['sh', '-c', interfaces]);
    machine.write(configurationFile, configuration);
    const daemon = machine.start(kind, [programs[kind], '-n', '-l', '-D']);
    const scene = new DumpScene(kind, machine, daemon);
    await until(`${kind} is settled`, { within: patience, every: 300 }, async () => {
      const { 'keepalived.data': text = '' } = await scene.ask('DATA');
      const masters = text.match(/^ {3}State = MASTER$/gm)?.length;
      // 190 and what two scripts and a file add.
      return masters === 5 && /^ {3}Effective priority = 175$/m.test(text);
    });
    return scene;
  }

  /** Sends a signal the way scripts do, by its name and the pid file, and reads the files it brings. */
  async ask(what: keyof typeof files): Promise<Record<string, string>> {
    const { machine } = this;
    const names = files[what];
    await machine.run(['rm', '-f', ...names.map((name) => `/tmp/${name}`)]);
    await until('the pid file is there', { within: patience, every: 20 }, () => machine.exists('/run/keepalived.pid'));
    const script = `kill -s "$(${programs[this.kind]} --signum=${what})" "$(cat /run/keepalived.pid)"`;
    let before = '';
    // Before it has read its configuration it takes no notice; the original writes in place, so only quiet files count.
    await until(`${names.join(' ')} of ${this.kind}`, { within: patience, every: 100 }, async () => {
      const there = names.filter((name) => machine.exists(`/tmp/${name}`));
      if (there.length < names.length) {
        await machine.run(['sh', '-c', script], { accept: 'any' });
        return false;
      }
      const now = names.map((name) => machine.read(`/tmp/${name}`)).join('');
      const quiet = now !== '' && now === before && names.every((name) => machine.read(`/tmp/${name}`) !== '');
      before = now;
      return quiet;
    });
    return Object.fromEntries(names.map((name) => [name, machine.read(`/tmp/${name}`)]));
  }

  mode(name: string): number {
    return statSync(this.machine.path(`/tmp/${name}`)).mode & 0o7777;
  }
}
