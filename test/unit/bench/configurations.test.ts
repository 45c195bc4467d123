import { describe, expect, it } from 'vitest';
import {
  largeConfiguration,
  manyConfiguration,
  mostInstances,
  pairConfiguration,
} from '../../../bench/configurations.ts';

describe('the large configuration', () => {
  const text = [...largeConfiguration(10_000, 3)].join('');
  const count = (word: RegExp): number => text.match(word)?.length ?? 0;

  it('has 270,003 lines', () => {
    expect(text.split('\n')).toHaveLength(270_003 + 1);
  });

  it('has 10,000 services and 30,000 servers, no address twice', () => {
    const addresses = [...text.matchAll(/^ *(?:virtual|real)_server (\S+) 80 \{$/gm)].map((match) => match[1] ?? '');
    expect(count(/^virtual_server /gm)).toBe(10_000);
    expect(addresses).toHaveLength(40_000);
    expect(new Set(addresses).size).toBe(40_000);
    expect(addresses.every((address) => address.split('.').every((octet) => Number(octet) <= 255))).toBe(true);
  });

  it('checks every server and closes every block', () => {
    expect(count(/TCP_CHECK \{/g)).toBe(30_000);
    expect(count(/\{/g)).toBe(count(/\}/g));
  });
});

describe('the pair configuration', () => {
  it('says intervals in seconds', () => {
    expect(pairConfiguration({ version: 3, interval: 10, priority: 255 })).toContain('advert_int 0.01\n');
  });

  it('has a password only where version 2 allows one', () => {
    expect(pairConfiguration({ version: 2, interval: 1000, priority: 100 })).toContain('auth_type PASS');
    expect(pairConfiguration({ version: 3, interval: 100, priority: 100 })).not.toContain('authentication');
  });

  it('adds instances with routers and addresses of their own', () => {
    const text = pairConfiguration({ version: 3, interval: 100, priority: 255, extraInstances: 2 });
    const routers = [...text.matchAll(/virtual_router_id (\d+)/g)].map((match) => match[1]);
    const addresses = [...text.matchAll(/192\.0\.2\.\d+/g)].map(String);
    expect(routers).toEqual(['51', '52', '53']);
    expect(new Set(addresses).size).toBe(3);
  });
});

describe('the configuration of many instances', () => {
  const options = { version: 3, interval: 100, priority: 255, realTimePriority: 50 } as const;

  it('has routers and addresses of their own for all that one LAN takes', () => {
    const text = manyConfiguration(mostInstances, options);
    const routers = [...text.matchAll(/virtual_router_id (\d+)/g)].map((match) => Number(match[1]));
    const addresses = [...text.matchAll(/10\.0\.0\.(\d+)\/32/g)].map((match) => Number(match[1]));
    expect([new Set(routers).size, Math.min(...routers), Math.max(...routers)]).toEqual([250, 1, 250]);
    expect([new Set(addresses).size, Math.max(...addresses)]).toEqual([250, 250]);
    expect(text).toContain('vrrp_rt_priority 50\n');
  });

  it('refuses more', () => {
    expect(() => manyConfiguration(mostInstances + 1, options)).toThrow(RangeError);
  });
});
