/**
 * Requests of keepalived 2.2.7 (Debian 1:2.2.7-1), recorded by a listener on loopback. Those to port 8001 come from its
 * HTTP_GET checker (in a guest kernel with IPVS), those to port 18081 from its genhash, which is the same client code:
 * `genhash -s ADDRESS -p 18081 -u PATH [-P VERSION] [-V HOST]`.
 */
export interface RecordedRequest {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** As in the configuration: http_protocol. */
  readonly protocol: '1.0' | '1.0C' | '1.1';
  readonly virtualHost?: string;
  readonly octets: string;
}

export const recordedRequests: readonly RecordedRequest[] = [
  {
    address: '127.0.0.1',
    port: 8001,
    path: '/a',
    protocol: '1.0',
    octets:
      '474554202f6120485454502f312e300d0a557365722d4167656e743a204b656570416c697665436c69656e740d0a486f73743a203132372e302e302e313a383030310d0a0d0a',
  },
  {
    address: '127.0.0.1',
    port: 18_081,
    path: '/index.html',
    protocol: '1.0',
    octets:
      '474554202f696e6465782e68746d6c20485454502f312e300d0a557365722d4167656e743a204b656570416c697665436c69656e740d0a486f73743a203132372e302e302e313a31383038310d0a0d0a',
  },
  {
    address: '127.0.0.1',
    port: 18_081,
    path: '/index.html',
    protocol: '1.0C',
    octets:
      '474554202f696e6465782e68746d6c20485454502f312e300d0a557365722d4167656e743a204b656570416c697665436c69656e740d0a436f6e6e656374696f6e3a20636c6f73650d0a486f73743a203132372e302e302e313a31383038310d0a0d0a',
  },
  {
    address: '127.0.0.1',
    port: 18_081,
    path: '/index.html',
    protocol: '1.1',
    octets:
      '474554202f696e6465782e68746d6c20485454502f312e310d0a557365722d4167656e743a204b656570416c697665436c69656e740d0a436f6e6e656374696f6e3a20636c6f73650d0a486f73743a203132372e302e302e313a31383038310d0a0d0a',
  },
  {
    address: '127.0.0.1',
    port: 18_081,
    path: '/index.html',
    protocol: '1.0',
    virtualHost: 'www.example.org',
    octets:
      '474554202f696e6465782e68746d6c20485454502f312e300d0a557365722d4167656e743a204b656570416c697665436c69656e740d0a486f73743a207777772e6578616d706c652e6f72670d0a0d0a',
  },
  {
    address: '127.0.0.1',
    port: 18_081,
    path: '/index.html',
    protocol: '1.1',
    virtualHost: 'www.example.org:8080',
    octets:
      '474554202f696e6465782e68746d6c20485454502f312e310d0a557365722d4167656e743a204b656570416c697665436c69656e740d0a436f6e6e656374696f6e3a20636c6f73650d0a486f73743a207777772e6578616d706c652e6f72673a383038300d0a0d0a',
  },
  {
    address: '::1',
    port: 18_081,
    path: '/a?b=c',
    protocol: '1.0',
    octets:
      '474554202f613f623d6320485454502f312e300d0a557365722d4167656e743a204b656570416c697665436c69656e740d0a486f73743a205b3a3a315d3a31383038310d0a0d0a',
  },
];
