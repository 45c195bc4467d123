import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../../src/kernel/addon.ts';
import { SystemError, checked, describeErrno } from '../../../src/kernel/errors.ts';

describe('system errors', () => {
  it('carries code, number and call, and names the remedy where there is one', () => {
    const error = new SystemError('bind', 99, 'TCP source 10.0.0.9 port 0');
    expect(error).toMatchObject({ code: 'EADDRNOTAVAIL', errno: 99, syscall: 'bind', name: 'SystemError' });
    expect(error.message).toContain('TCP source 10.0.0.9 port 0: bind failed');
    expect(error.message).toContain('net.ipv4.ip_nonlocal_bind');
  });

  it('says what the kernel said', () => {
    expect(new SystemError('netlink dump', 22, undefined, 'Invalid header').message).toContain('"Invalid header"');
  });

  it('has a code for every number', () => {
    expect(describeErrno(105).code).toBe('ENOBUFS');
    expect(describeErrno(4711).code).toBe('ERRNO_4711');
  });

  it('knows the numbers of this system', () => {
    for (const [name, number] of Object.entries(ERRNO)) {
      expect([name, (constants.errno as Record<string, number>)[name]]).toEqual([name, number]);
    }
  });

  it('passes results through and throws refusals', () => {
    expect(checked(5, 'socket')).toBe(5);
    expect(() => checked(-1, 'socket')).toThrow(expect.objectContaining({ code: 'EPERM' }));
  });
});
