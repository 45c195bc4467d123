import { describe, expect, it } from 'vitest';
import { parsePasswordHash } from '../../../../src/config/password-hash.ts';
import { digestPassword, hashPassword, Passwords } from '../../../../src/web/status-page/passwords.ts';
import type { PageAccount } from '../../../../src/web/status-page/settings.ts';

/** RFC 7914 section 12: scrypt("pleaseletmein", "SodiumChloride", N=16384, r=8, p=1, dkLen=64). */
const vector = {
  password: 'pleaseletmein',
  hash: `scrypt:14:8:1:${Buffer.from('SodiumChloride').toString('base64url')}:${Buffer.from(
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    'hex',
  ).toString('base64url')}`,
};

function accounts(): PageAccount[] {
  const hashed = parsePasswordHash(vector.hash);
  if (hashed === undefined) throw new Error('the vector is no hash');
  return [
    { name: 'plain', password: digestPassword('plain', 'open sésame') },
    { name: 'hashed', password: hashed },
  ];
}

describe('passwords', () => {
  it.each([
    ['plain', 'open sésame', 'right'],
    ['plain', 'open sesame', 'wrong'],
    ['plain', '', 'wrong'],
    ['hashed', vector.password, 'right'],
    ['hashed', 'pleaseletmeout', 'wrong'],
    ['hashed', 'open sésame', 'wrong'],
    ['nobody', 'open sésame', 'wrong'],
    ['__proto__', '', 'wrong'],
  ])('of %s, "%s", are %s', async (name, password, verdict) => {
    const passwords = new Passwords(accounts());
    expect(passwords.isKnown(name, password)).toBe(false);
    expect(await passwords.verify(name, password)).toBe(verdict);
    expect(passwords.isKnown(name, password)).toBe(verdict === 'right');
  });

  it('are worked on two at a time, and who is known waits for nobody', async () => {
    const passwords = new Passwords(accounts());
    await passwords.verify('hashed', vector.password);
    const verdicts = await Promise.all(['a', 'b', 'c'].map((guess) => passwords.verify('hashed', guess)));
    expect(verdicts).toEqual(['wrong', 'wrong', 'busy']);
    expect(passwords.isKnown('hashed', vector.password)).toBe(true);
  });

  it('are hashed so that they can be read and verified, each time with another salt', async () => {
    const [one, other] = await Promise.all([hashPassword('x'), hashPassword('x')]);
    expect(one).not.toBe(other);
    const password = parsePasswordHash(one);
    if (password === undefined) throw new Error(`${one} is no hash`);
    expect(await new Passwords([{ name: 'u', password }]).verify('u', 'x')).toBe('right');
  });

  it('of the same user have the same digest, those of others another one', () => {
    expect(digestPassword('a', 'x')).toEqual(digestPassword('a', 'x'));
    expect(digestPassword('b', 'x').digest).not.toBe(digestPassword('a', 'x').digest);
  });
});

it.each([
  'scrypt:9:8:1:AAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA',
  'scrypt:20:8:1:AAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA',
  'scrypt:14:0:1:AAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA',
  'scrypt:14:8:9:AAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA',
  'scrypt:14:8:1:short:AAAAAAAAAAAAAAAAAAAAAA',
  'scrypt:14:8:1:AAAAAAAAAAA:',
  'secret',
])('%s is no hash that would be used', (text) => {
  expect(parsePasswordHash(text)).toBeUndefined();
});
