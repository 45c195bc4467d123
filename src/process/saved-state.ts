/** `config_save_dir`: what each process has understood before and after each reload, a file each (reference: runtime contract, files). */
import path from 'node:path';
import type { ChildKind } from './messages.ts';

const names = { bfd: 'bfd', checker: 'check', vrrp: 'vrrp' } as const;

/** `keepalived_{check,vrrp,bfd}.PID.N.{pre,post}`. @param reload counted from 1 in this process */
export function savedStatePath(
  directory: string,
  kind: ChildKind,
  pid: number,
  reload: number,
  moment: 'pre' | 'post',
): string {
  return path.join(directory, `keepalived_${names[kind]}.${pid}.${reload}.${moment}`);
}
