/** About balanced services. */
import { instance, service, type Case } from './case.ts';

export const servers: Case[] = [
  {
    title: 'a quorum above the weights',
    text: service('  quorum 3\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_QUORUM',
        at: '5:3',
        severity: 'error',
        says: ['quorum 3', 'weigh together, 1', '1 is used', 'raise weights'],
      },
    ],
  },
  ...['DR', 'TUN'].map((method): Case => ({
    title: `another port under ${method}`,
    text: service('', undefined, { method, port: '8080' }),
    exit: 5,
    expected: [
      {
        code: 'CFG_PORT',
        at: '5:24',
        severity: 'error',
        says: ['8080', `with ${method} packets keep`, '80 is used', 'lvs_method NAT'],
      },
    ],
  })),
  {
    title: 'lb_kind in lower case: not a missing lvs_method as well',
    text: service().replace('lvs_method NAT', 'lb_kind dr'),
    exit: 5,
    expected: [
      {
        code: 'CFG_INVALID_WORD',
        at: '3:11',
        severity: 'error',
        says: ['"dr"', 'NAT is used', 'write DR, in capitals'],
      },
    ],
  },
  {
    title: 'the name of a service for a port',
    text: service().replace('10.0.0.1 80', '10.0.0.1 http'),
    exit: 5,
    expected: [{ code: 'CFG_INVALID_NUMBER', at: '1:25', severity: 'error', says: ['"http"', 'write its port, 80'] }],
  },
  {
    title: 'the name of a service for the port of the only real server',
    text: service('', undefined, { port: 'https' }),
    exit: 5,
    expected: [{ code: 'CFG_INVALID_NUMBER', at: '5:24', severity: 'error', says: ['443', 'the service is ignored'] }],
  },
  {
    title: 'a host name for an address',
    text: service().replace('10.0.0.2', 'web1.example.com'),
    exit: 5,
    expected: [
      {
        code: 'CFG_INVALID_ADDRESS',
        at: '5:15',
        severity: 'error',
        says: ['web1.example.com', 'the service is ignored', 'names are not looked up', 'getent ahosts'],
      },
    ],
  },
  {
    title: 'a real server of the other family',
    text: service('  real_server fd00::2 80 {\n    weight 1\n  }\n'),
    exit: 5,
    expected: [{ code: 'CFG_FAMILY', at: '5:3', severity: 'error', says: ['fd00::2', 'another family', 'TUN'] }],
  },
  {
    title: 'the placeholder of an example',
    text: service().replace('10.0.0.2', 'x.x.x.x'),
    exit: 5,
    expected: [
      { code: 'CFG_INVALID_ADDRESS', at: '5:15', severity: 'error', says: ['in the place of this placeholder'] },
    ],
  },
  {
    title: 'persistence_timeout 0',
    text: service('  persistence_timeout 0\n'),
    exit: 5,
    expected: [
      { code: 'CFG_INVALID_NUMBER', at: '5:23', severity: 'error', says: ['1 to 2678400', 'remove the line'] },
    ],
  },
  {
    title: 'a virtual server twice',
    text: service() + service(),
    exit: 0,
    expected: [
      { code: 'CFG_SAME_SERVICE', at: '9:1', severity: 'note', says: ['line 1', 'the second is ignored', 'into one'] },
    ],
  },
  {
    title: 'an instance twice',
    text: instance() + instance(),
    exit: 5,
    expected: [{ code: 'CFG_DUPLICATE', at: '8:15', severity: 'error', says: ['line 1', 'keep one of the two'] }],
  },
  {
    title: 'a real server twice',
    text: service('  real_server 10.0.0.2 80 {\n    weight 1\n  }\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_DUPLICATE',
        at: '8:15',
        severity: 'error',
        says: ['10.0.0.2 80', 'line 5', 'the second is ignored'],
      },
    ],
  },
];
