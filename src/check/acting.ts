/** The checkers that the engine acts on; the others are read and checked, and a server lives without them. */
import type {
  DnsCheckerConfiguration,
  SmtpCheckerConfiguration,
  CheckerConfiguration,
  HttpCheckerConfiguration,
  MiscCheckerConfiguration,
  TcpCheckerConfiguration,
} from '../config/model.ts';

export type ActingChecker =
  | DnsCheckerConfiguration
  | SmtpCheckerConfiguration
  | TcpCheckerConfiguration
  | HttpCheckerConfiguration
  | MiscCheckerConfiguration;

export function isActing(checker: CheckerConfiguration): checker is ActingChecker {
  switch (checker.type) {
    case 'TCP_CHECK':
    case 'HTTP_GET':
    case 'SSL_GET':
    case 'MISC_CHECK':
    case 'SMTP_CHECK':
    case 'DNS_CHECK':
      return true;
    default:
      return false;
  }
}
