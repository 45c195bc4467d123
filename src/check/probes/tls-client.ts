/** The SSL block at work: what SSL_GET shows of this machine to the servers it checks. */
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import type { TlsClientConfiguration } from '../../config/model.ts';
import { DaemonError } from '../../core/errors.ts';

/** Certificates with short keys are no reason to call a server dead. */
export const checkCiphers = 'DEFAULT:@SECLEVEL=0';

async function read(what: string, path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    throw unusable(`${what} ${path} cannot be read: ${(error as Error).message}`);
  }
}

function unusable(problem: string): DaemonError {
  return new DaemonError('CHECK_TLS_CLIENT', `SSL: ${problem}; name a PEM file that this process can read`);
}

/**
 * Reads certificate, key and authorities.
 * @throws DaemonError CHECK_TLS_CLIENT if a file cannot be read, or they do not fit together
 */
export async function loadTlsClient(configuration: TlsClientConfiguration): Promise<tls.SecureContext> {
  const [ca, cert, key] = await Promise.all([
    read('ca', configuration.authorities),
    read('certificate', configuration.certificate),
    read('key', configuration.key),
  ]);
  const { password } = configuration;
  try {
    return tls.createSecureContext({
      ciphers: checkCiphers,
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(password !== undefined && { passphrase: password }),
    });
  } catch (error) {
    throw unusable(`certificate and key cannot be used: ${(error as Error).message}`);
  }
}
