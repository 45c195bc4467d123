/** Where the services of the test of options are. */
export const ports = {
  TCP_CHECK: 7001,
  HTTP_GET: 7002,
  SSL_GET: 7003,
  SMTP_CHECK: 7004,
  DNS_CHECK: 7005,
  UDP_CHECK: 7006,
} as const;
