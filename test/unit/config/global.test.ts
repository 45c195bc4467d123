// Expected: verdicts of Debian's keepalived 2.2.7 (-t) where it knows the keyword, else the ranges of keepalived.conf(5) of 2.4.
import { describe, expect, it } from 'vitest';
import type { GlobalConfiguration } from '../../../src/config/model.ts';
import { codes, instance, load, model } from './memory.ts';

function global(lines: string, further = ''): GlobalConfiguration {
  return model(`global_defs {\n${lines}\n}\n${further}`, { mode: 'run' }).global;
}

function codesOf(lines: string): string[] {
  return codes(`global_defs {\n${lines}\n}\n`);
}

describe('what keepalived finds nothing wrong with', () => {
  it.each([
    'reload_repeat',
    'reload_time_file relative',
    'reload_time_file /tmp/x\nreload_time_file /tmp/y',
    'reload_file relative',
    'reload_file\nreload_file /tmp/a',
    'notify_fifo /tmp/a\nvrrp_notify_fifo /tmp/a',
    'notify_fifo_script /bin/cat',
    'vrrp_mcast_group4 239.0.0.1',
    'vmac_prefix abcdefghijklmnop',
    'vrrp_rx_bufs_policy 0',
    'nftables\nnftables_ipvs keepalived',
    'nftables_priority -5',
    'max_auto_priority',
    'max_auto_priority -1',
    'config_save_dir relative',
    'tmp_config_directory /tmp/nothere',
    'process_monitor_rcv_bufs 0',
    'process_monitor_rcv_bufs 4294967295',
    'smtp_server 192.0.2.1',
    'default_interface nosuch',
  ])('%s', (lines) => {
    expect(codesOf(lines)).toEqual([]);
  });
});

describe('what keepalived ends its test with 5 for', () => {
  it.each([
    'vrrp_mcast_group6 ff05::12',
    'vmac_prefix abc\nvmac_prefix def',
    'vmac_addr_prefix abc\nvmac_addr_prefix def',
    'vrrp_rx_bufs_policy NO_SEND_RX',
    'vrrp_rx_bufs_policy foo',
    'nftables_ipvs_start_fwmark 0',
    'max_auto_priority -2',
    'max_auto_priority 100',
    'min_auto_priority_delay 0',
    'random_seed -1',
    'dbus_service_name',
    'snmp_socket',
    'vrrp_startup_delay 0',
    'vrrp_startup_delay 0.0001',
    'vrrp_netlink_cmd_rcv_bufs_force maybe',
    'vrrp_garp_extra_if 0',
    'vrrp_garp_extra_if all',
    'vrrp_ipsets a b c',
  ])('%s', (lines) => {
    const { exitCode } = load(`global_defs {\n${lines}\n}\n`);
    expect(exitCode).toBe(5);
  });

  it.each(['config_save_dir', 'random_seed'])('and with 2: %s without a word', (lines) => {
    expect(load(`global_defs {\n${lines}\n}\n`).exitCode).toBe(2);
  });
});

describe('the checked global_defs', () => {
  it('keeps the first of two prefixes, and takes it for both kinds', () => {
    expect(global('vmac_prefix abc\nvmac_prefix def').vmacNames).toEqual({ prefix: 'abc', addressPrefix: 'abc' });
    expect(global('vmac_prefix abc\nvmac_addr_prefix x').vmacNames).toEqual({ prefix: 'abc', addressPrefix: 'x' });
    expect(global('').vmacNames).toEqual({ prefix: 'vrrp', addressPrefix: 'vrrp' });
  });

  it('has the policy of receive buffers by word in any case, or by number', () => {
    expect(global('vrrp_rx_bufs_policy mtu').advertisementBuffers).toEqual({ policy: 'mtu', multiplier: 3 });
    expect(global('vrrp_rx_bufs_policy Advert').advertisementBuffers.policy).toBe('advertisement');
    expect(global('vrrp_rx_bufs_policy 4096').advertisementBuffers.policy).toEqual({ bytes: 4096 });
  });

  it('caches statistics of real servers as long as those of virtual servers', () => {
    const { snmp } = global('snmp_vs_stats_update_interval 2.5');
    expect([snmp.virtualServerStatisticsInterval, snmp.realServerStatisticsInterval]).toEqual([2500, 2500]);
    expect(global('').snmp.realServerStatisticsInterval).toBe(5000);
    expect(global('snmp_rs_stats_update_interval 1').snmp.realServerStatisticsInterval).toBe(1000);
  });

  it('knows mail that is switched off from mail of which nothing is said', () => {
    expect(global('').mail.alerts).toEqual({});
    expect(global('smtp_alert off\nsmtp_alert_vrrp').mail.alerts).toEqual({ all: false, vrrp: true });
  });

  // reference, behaviour: "VMAC or no_accept without firewall configured turns nftables on".
  it.each([
    ['', '', undefined],
    ['nftables', '', 'keepalived'],
    ['nftables mine', instance('use_vmac'), 'mine'],
    ['', instance(), undefined],
    ['', instance('no_accept'), 'keepalived'],
    ['', instance('use_vmac'), 'keepalived'],
    ['', instance('strict_mode\npriority 100'), 'keepalived'],
  ])('turns the firewall on where instances need it: %j with %j', (lines, further, table) => {
    expect(global(lines, further).firewall.table).toBe(table);
  });

  it('names the default of what is switched on without a name', () => {
    const { firewall, reload } = global('nftables_ipvs\nreload_file');
    expect(firewall.ipvsTable).toBe('keepalived_ipvs');
    expect(reload.file).toBe('');
  });

  it('merges the defaults of gratuitous messages, vrrp_min_garp only where nothing is said', () => {
    const minimal = global('vrrp_min_garp\nvrrp_garp_master_repeat 3').vrrpDefaults;
    expect(minimal.minimumGratuitous).toBe(true);
    expect(minimal.gratuitous).toMatchObject({ masterDelay: 0, masterRepeat: 3, lowerPriorityRepeat: 3 });
    expect(global('').vrrpDefaults.gratuitous).toMatchObject({ masterDelay: 5000, masterRepeat: 5 });
  });

  it('takes several blocks as one, the later keyword winning', () => {
    const found = model('global_defs {\nrouter_id a\njson_version 2\n}\nglobal_defs {\nrouter_id b\n}\n').global;
    expect([found.routerId, found.dumps.jsonVersion]).toEqual(['b', 2]);
  });
});
