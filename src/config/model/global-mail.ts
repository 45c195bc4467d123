/** Mail, checked. */
import type { Milliseconds } from '../../core/time.ts';

/**
 * Who mails unless it says otherwise itself; each virtual and real server, instance and group has the result already.
 * Absent: the keyword is not there, which is not the same as off (a virtual server mails by default only then).
 */
export interface SmtpAlertDefaults {
  readonly all?: boolean;
  readonly vrrp?: boolean;
  readonly checker?: boolean;
}

export interface MailConfiguration {
  /** Host or address and port of the SMTP server; mail is sent only if set and there are recipients. */
  readonly server?: { readonly host: string; readonly port: number };
  readonly heloName?: string;
  readonly connectTimeout: Milliseconds;
  readonly from?: string;
  readonly recipients: readonly string[];
  readonly noFaultMail: boolean;
  readonly noCheckerMail: boolean;
  readonly alerts: SmtpAlertDefaults;
}
