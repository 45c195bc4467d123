import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { createLog } from '../../../src/log/log.ts';
import { disableLocalIgmp } from '../../../src/process/local-igmp.ts';

it('disable_local_igmp writes 0 into the setting of the kernel, and lives without it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keepalived-igmp-'));
  const log = createLog({ ident: 'test', pid: 1, facility: 'daemon', syslog: false, console: false, level: 'info' });
  const warning = vi.spyOn(log, 'warning');
  try {
    const setting = path.join(folder, 'igmp_link_local_mcast_reports');
    writeFileSync(setting, '1\n');
    disableLocalIgmp(log, setting);
    expect(readFileSync(setting, 'utf8')).toBe('0\n');
    expect(warning).not.toHaveBeenCalled();
    disableLocalIgmp(log, path.join(folder, 'absent'));
    expect(warning).toHaveBeenCalledOnce();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
